// What is told while an engine loads.

export interface LoadProgress {
  readonly stage: 'weights' | 'pipelines';
  /** Bytes or pipelines done, of `total`. */
  readonly done: number;
  readonly total: number;
  /** What was finished last. */
  readonly label: string;
}
