// Contractions on subgroup matrices compile, with every tile. What they compute is checked on a GPU that has them.

import { requestNodeDevice } from '@trtx/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import { allCases } from './cases/index.ts';
import { compileMatrix, halfCase, MATRIX_KERNELS } from './matrix.ts';

const { device, release } = (await requestNodeDevice({ backend: 'null', features: 'experimental' }))!;
afterAll(release);

const cases = allCases.flatMap((one) => halfCase(one) ?? []);

describe('contractions on subgroup matrices', () => {
  const seen = new Set<string>();
  const offered = new Set<string>();

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    // Six tiles each, so that those of a family meet them all.
    const compiled = [0, 1, 2, 3, 4, 5].map((more) => compileMatrix(one, 6 * i + more));
    for (const tile of compiled.flatMap(({ tiles }) => tiles)) seen.add(tile);
    for (const tile of compiled.flatMap(({ offered }) => offered)) offered.add(tile);
    for (const code of compiled.flatMap(({ compiled }) => compiled.plan.modules)) {
      device.pushErrorScope('validation');
      const module = device.createShaderModule({ code });
      const { messages } = await module.getCompilationInfo();
      expect(
        messages.map(({ type, lineNum, message }) => `${type}: ${message}: ${code.split('\n')[lineNum - 1]}`),
      ).toEqual([]);
      expect(await device.popErrorScope()).toBe(null);
    }
  });

  it('have been compiled by every kernel, with every tile', () => {
    const kernels = new Set([...seen].map((label) => label.split(' ')[0]));
    expect([...kernels].sort()).toEqual(MATRIX_KERNELS);
    expect([...offered].filter((label) => !seen.has(label))).toEqual([]);
  });
});
