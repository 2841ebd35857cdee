// What quantizing a graph did and cost: plain data, as JSON keeps it.

import type { Range } from '../scheme/parameters.ts';
import type { Scheme } from '../scheme/scheme.ts';
import type { SignalError } from './error.ts';

/** Counts up where readers of reports would misread it. */
export const REPORT_VERSION = 1;

export interface QuantizationReport {
  readonly version: typeof REPORT_VERSION;
  /** `weights`: constants alone. `int8`: contractions with their inputs and weights. */
  readonly kind: 'weights' | 'int8';
  /** Of all constants. */
  readonly bytes: { readonly before: number; readonly after: number };
  readonly weights: readonly QuantizedWeights[];
  /** Those that are quantized as the model runs; none of kind `weights`. */
  readonly activations: readonly QuantizedActivation[];
  /** Contractions by what comes out of them, beside the graph as it was; empty where no samples were compared. */
  readonly layers: readonly LayerError[];
  /** What stayed in float, and why. */
  readonly kept: readonly Kept[];
}

export interface QuantizedWeights extends SignalError {
  readonly node: string;
  readonly op: string;
  /** Names of nodes of the source model. */
  readonly origin: readonly string[];
  readonly tensor: string;
  readonly scheme: Scheme;
  /** How scales were chosen. */
  readonly method: string;
  readonly bytes: { readonly before: number; readonly after: number };
}

export interface QuantizedActivation {
  /** Tensors that share scale and zero point, since only movement is between them. */
  readonly tensors: readonly string[];
  readonly scheme: Scheme;
  readonly calibrator: string;
  readonly why: string;
  /** What was seen. */
  readonly seen: Range;
  /** What the codes are to cover: the thresholds. */
  readonly range: Range;
  readonly scale: number;
  readonly zeroPoint: number;
  readonly histogram: ReportedHistogram;
}

/** Counts of elements in bins of one width, the first from `start` on. */
export interface ReportedHistogram {
  readonly start: number;
  readonly width: number;
  readonly counts: readonly number[];
}

export interface LayerError extends SignalError {
  readonly node: string;
  readonly op: string;
  readonly origin: readonly string[];
  readonly tensor: string;
}

export interface Kept {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}
