// Contractions on subgroup matrices compile, with every tile. What they compute is checked on a GPU that has them.

import type { Compiled } from '@trtx/codegen';
import { requestNodeDevice } from '@trtx/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import { allCases } from './cases/index.ts';
import { compileMatrix, halfCase, MATRIX_KERNELS, matrixLabel } from './matrix.ts';
import type { Case } from './support.ts';

const { device, release } = (await requestNodeDevice({ backend: 'null', features: 'experimental' }))!;
afterAll(release);

const cases = allCases.flatMap((one) => halfCase(one) ?? []);

/** What the device says against the shaders of a plan. */
async function complaints({ plan }: Compiled): Promise<string[]> {
  const all: string[] = [];
  for (const code of plan.modules) {
    device.pushErrorScope('validation');
    const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
    all.push(...messages.map(({ type, lineNum, message }) => `${type}: ${message}: ${code.split('\n')[lineNum - 1]}`));
    const error = await device.popErrorScope();
    if (error) all.push(error.message);
  }
  return all;
}

describe('contractions on subgroup matrices', () => {
  const seen = new Set<string>();
  /** Of what was offered a case that it was offered for. */
  const offered = new Map<string, Case>();

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    const { compiled, ...labels } = compileMatrix(one, i);
    for (const tile of labels.tiles) seen.add(tile);
    for (const tile of labels.offered) offered.set(tile, one);
    expect(await complaints(compiled)).toEqual([]);
  });

  it('are compiled by every kernel, with every tile', async () => {
    for (const [label, one] of offered) {
      if (seen.has(label)) continue;
      const { compiled } = compileMatrix(one, 0, undefined, undefined, (tactic) => matrixLabel(tactic) === label);
      expect(await complaints(compiled), label).toEqual([]);
    }
    const kernels = new Set([...offered.keys()].map((label) => label.split(' ')[0]));
    expect([...kernels].sort()).toEqual(MATRIX_KERNELS);
  });
});
