// One way to compute a model, that can be asked for what lies between its inputs and its outputs. Comparison, reduction and
// bisection take any two; the reference and engines are subjects here, other engines where they are at hand.

import type { Tensor, Tensors } from '@trtx/ir';

export interface Subject {
  /** For people: `reference`, `webgpu`. */
  readonly name: string;
  /**
   * Computes once. Gives the outputs, and the tensors between by their names: all that it has, or those wanted as far as it
   * has them (and maybe others).
   */
  values(inputs: Tensors, wanted?: readonly string[]): Promise<Map<string, Tensor>>;
  /** What computes a tensor, where the subject knows more of that than the source model tells. */
  makerOf?(name: string): Maker | undefined;
  dispose?(): void | Promise<void>;
}

/** A dispatch that writes a tensor. */
export interface Maker {
  /** Its number in the order of the plan's steps. */
  readonly dispatch: number;
  /** The kernel's id with its parameters, as `trtx profile` prints it. */
  readonly tactic: string;
  /** Names of the nodes of the source model that it computes. */
  readonly nodes: readonly string[];
}
