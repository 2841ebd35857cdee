// What models with control flow are made of in tests.

import type { Tensor } from '@trtx/ir';
import { bodyProto, info, type ModelInput, node } from '../models.ts';

export interface ControlModel {
  readonly name: string;
  readonly model: ModelInput;
  /** Runs, each with the inputs of one. */
  readonly runs: readonly Readonly<Record<string, Tensor>>[];
}

export const floats = (dims: readonly number[], values: readonly number[]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(values),
});
export const integer = (value: number): Tensor => ({ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) });
export const truth = (value: boolean): Tensor => ({ dtype: 'bool', dims: [], data: Uint8Array.of(value ? 1 : 0) });

export const x23 = floats([2, 3], [1, -2, 3, -4, 5, -6]);
export const v3 = floats([3], [1, 2, 3]);
export const vector = (name: string, size: number | string = 3) => info(name, 'float32', [size]);
export const flag = (name: string) => info(name, 'bool', []);
export const index = (name: string) => info(name, 'int64', []);
/** Opsets of a model that has functions of its own. */
export const LOCAL = { opset_import: ['', 'local'].map((domain) => ({ domain, version: 21n })) };

/** A branch of one node on x. */
export const onX = (op: string, output: string) =>
  bodyProto([], [node(op, ['x'], [output])], [info(output, 'float32')]);
export const branches = (then_branch: ReturnType<typeof bodyProto>, else_branch: ReturnType<typeof bodyProto>) => ({
  then_branch,
  else_branch,
});
/** A run for each value of the condition c. */
export const bothWays = [true, false].map((c) => ({ x: x23, c: truth(c) }));
