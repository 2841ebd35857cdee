// What contractions read through is one dispatch with them. That it gives what the reference gives is checked with all cases.

import { compile, type Kernel, PORTABLE, standardKernels } from '@trtx/codegen';
import { inspectEngine } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { operandCases } from './cases/operands.ts';
import { graphOf } from './support.ts';

/** Kernels that copy nothing into another format. */
const rowMajor = standardKernels.map((kernel): Kernel => ({ ...kernel, formats: undefined }));

describe.each(operandCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it.each([false, true])('is one dispatch, software: %s', (software) => {
    const counts = [rowMajor, standardKernels].map((kernels) => {
      return inspectEngine(compile(graphOf(one), { target: { ...PORTABLE, software }, kernels }).plan).dispatches;
    });
    expect(Math.min(...counts)).toBe(1);
  });
});
