// @trtx/quantizer: smaller numbers that still give the right answer.

export * from './scheme/index.ts';
