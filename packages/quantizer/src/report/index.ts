export { constantBytes } from './bytes.ts';
export { type CompareOptions, compareLayers } from './compare.ts';
export { ErrorSum, type SignalError } from './error.ts';
export {
  type Kept,
  type LayerError,
  type QuantizationReport,
  type QuantizedActivation,
  type QuantizedWeights,
  REPORT_VERSION,
  type ReportedHistogram,
} from './report.ts';
