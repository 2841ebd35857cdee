// @trtx/debug: what models compute, compared, and who is to blame where it is wrong.
export { type Comparison, compareTensors, MIN_COSINE, type Tolerance } from './compare-tensors.ts';
