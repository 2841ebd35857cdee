// @trtx/quantizer: smaller numbers that still give the right answer.

export * from './activations/index.ts';
export * from './calibration/index.ts';
export * from './report/index.ts';
export * from './scheme/index.ts';
export * from './weights/index.ts';
