// What is scored: a model, samples to calibrate with, and a metric over a whole test set.

import type { Graph, Runner } from '@trtx/ir';
import type { Samples } from '@trtx/quantizer';

export interface Case {
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** What the score is. */
  readonly metric: string;
  /** The optimized graph. */
  graph(): Promise<Graph>;
  readonly calibration: { readonly count: number; samples(): Samples };
  /** @param limit cases of the test set, all by default */
  score(runner: Runner, limit?: number): Promise<number>;
}
