// A fault that is planted in one kernel is named in a network, without help, in three minutes.

import { describe, expect, it } from 'vitest';
import { folder, trtxJson } from '../cli/command.ts';
import { plantedPlugin } from '../debug/models.ts';
import { hasShared, hydrated } from '../support/models.ts';

describe.runIf(hasShared)('a planted fault in vit_tiny', () => {
  it.each([{ command: ['compare'] }, { command: ['debug', 'tactics'] }])(
    'is named by trtx $command',
    async ({ command }) => {
      const { model, inputs } = hydrated('vit_tiny');
      const plugin = await plantedPlugin(folder());
      const start = performance.now();
      const { status, data } = await trtxJson<object>(...command, model, '--inputs', inputs, '--plugin', plugin);
      const seconds = (performance.now() - start) / 1000;
      console.log(`trtx ${command.join(' ')}: ${seconds.toFixed(1)} s`);
      expect(status).toBe(1);
      expect(data).toMatchObject(EXPECTED[command.at(-1)!]!);
      expect(seconds).toBeLessThan(180);
    },
  );
});

const tensor = '/m/vit/layers.0/Add_1_output_0';
const nodes = expect.arrayContaining(['/m/vit/layers.0/mlp/fc2/MatMul']);
const tactic = expect.stringMatching(/^planted\.matmul /);

/** The first of twelve layers that have such sums: what departs behind it follows from it. */
const EXPECTED: Readonly<Record<string, object>> = {
  compare: { ok: false, blame: 'kernels', departures: [{ name: tensor, maker: { tactic, nodes } }] },
  tactics: {
    wrong: [
      {
        tensors: [tensor],
        nodes,
        alike: 12,
        tactics: expect.arrayContaining([
          expect.objectContaining({ tactic, verdict: 'wrong' }),
          expect.objectContaining({ tactic: expect.stringMatching(/^matmul\./), verdict: 'right' }),
        ]),
      },
    ],
    untried: [],
  },
};
