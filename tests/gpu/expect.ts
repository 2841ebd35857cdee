// The little of vitest's `expect` that checks of kernels use, for machines that have nothing but Node.

import { deepStrictEqual } from 'node:assert';

export function expect(actual: unknown, message?: string) {
  const same = (expected: unknown) => {
    try {
      deepStrictEqual(actual, expected);
    } catch {
      const [a, e] = [actual, expected].map((value) => JSON.stringify(value) ?? String(value));
      throw new Error(`${message ?? 'value'}: ${a} for ${e}`);
    }
  };
  return { toBe: same, toEqual: same };
}
