// What neighbouring invocations of a subgroup make of what each of them has.

import type { Target } from '../target.ts';
import type { Shader } from '../wgsl/shader.ts';

/** Invocations of every subgroup, where kernels may count on it. */
export function subgroupOf({ features, subgroups, software }: Target): number | undefined {
  if (software || !features.has('subgroups') || !subgroups || subgroups.min !== subgroups.max) return undefined;
  return subgroups.min <= 64 ? subgroups.min : undefined;
}

/**
 * Calls `body` for each step in which every one of so many invocations meets another, a power of two of them; afterwards each
 * has met what all have. It gets what reads the other's value of an expression.
 */
export function eachPartner(
  shader: Shader,
  invocations: number,
  body: (partner: (own: string) => string) => void,
): void {
  if (invocations > 1) shader.features.add('subgroups');
  for (let distance = invocations / 2; distance >= 1; distance /= 2)
    body((own) => `subgroupShuffleXor(${own}, ${distance}u)`);
}

/** The sum of a value over so many neighbouring invocations, in each of them, added in the same order in every run. */
export function sumOver(shader: Shader, value: string, invocations: number): string {
  let sum = value;
  eachPartner(shader, invocations, (partner) => {
    sum = shader.let(`${sum} + ${partner(sum)}`, 'sum');
  });
  return sum;
}
