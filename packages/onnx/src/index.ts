export {
  type ExportedFile,
  type ExportedModel,
  type ExportOptions,
  exportModel,
  exportParts,
} from './export/export.ts';
export { NOT_IN_ONNX_RUNTIME, OLDEST_EXPORTED_OPSET } from './export/versions.ts';
export type { ExternalWeights } from './export/weights.ts';
export * from './import/flow.ts';
export * from './import/import.ts';
export type { ImportedNode } from './import/named.ts';
export type { OpCount } from './import/op-counts.ts';
export { findMeaning, type OpMeaning, type UnsupportedOp } from './import/support.ts';
export * from './import/survey.ts';
export * from './import/tensor-file.ts';
export * from './import/value-file.ts';
export type {
  Emitter as ImportEmitter,
  LegacyNode,
  Spelling,
  Spellings,
} from './normalize/index.ts';
export { NEWEST_OPSET, rewrittenBelow, SUCCESSORS, spelledNames } from './normalize/index.ts';
export { inputOf, take, takeInts, typeOf } from './normalize/node.ts';
export type { ExternalFile, ResolveExternal } from './source/external.ts';
export type { ModelMetadata } from './source/read.ts';
