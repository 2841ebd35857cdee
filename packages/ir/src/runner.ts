// The contract between what can run a graph and what wants one run: reference, builder, and runners made in tests.

import type { Tensor } from './tensor.ts';

export type Tensors = ReadonlyMap<string, Tensor>;

/** A graph made ready to run. The reference and the builder implement it; tests add one on another engine. */
export interface Runner {
  /** Runs once. Keys are the names of graph inputs and outputs. */
  run(inputs: Tensors): Promise<Map<string, Tensor>>;
  /** Frees what the runner holds. */
  dispose?(): void | Promise<void>;
}
