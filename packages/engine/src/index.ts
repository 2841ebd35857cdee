// @trtx/engine: the plan, and the file that it is kept in.
export type { EngineErrorCode } from './codes.ts';
export { crc32 } from './crc32.ts';
export { evaluate, sizeValue } from './exprs.ts';
export { type BlobRange, type EngineHeader, type EngineManifest, FORMAT_VERSION, HEADER_BYTES } from './format.ts';
export { type EngineSummary, inspectEngine, kernelId, type ProfileSummary, type TensorSummary } from './inspect.ts';
export { joinProfiles } from './join.ts';
export type { ProfilePlan } from './join-tables.ts';
export { type NodePlacement, type Place, placeNodes } from './placement.ts';
export type * from './plan.ts';
export { profileNames, profilesOf } from './profiles.ts';
export { type ParsedEngine, parseEngine, readHeader, readManifest } from './read.ts';
export { dispatchesOf, walkSteps } from './steps.ts';
export { type BlobPiece, type ByteSource, type OpenEngine, openEngine, readBlobs, readPlan } from './stream.ts';
export type * from './terms.ts';
export { alignUp, sourceBytes, storageBits, storageBytes, storageOf } from './types.ts';
export { validatePlan } from './validate.ts';
export type * from './work.ts';
export { canonicalJson, type EngineFile, type EngineSource, engineBytes, writeEngine } from './write.ts';
