// @trtx/debug: what models compute, compared, and who is to blame where it is wrong.
export { type Comparison, compareTensors, MIN_COSINE, type Tolerance } from './compare-tensors.ts';
export type { Maker, Subject } from './subject.ts';
export { type ReferenceSubjectOptions, referenceSubject } from './subjects/reference.ts';
