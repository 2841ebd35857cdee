export { type Codes, codesOf, reachOf } from './codes.ts';
export { type Group, type Groups, groupsOf } from './groups.ts';
export { type Parameters, parametersOf, type Range } from './parameters.ts';
export {
  type Chooser,
  constantsOf,
  coverAll,
  dequantize,
  type Quantized,
  type QuantizedConstants,
  type QuantizeOptions,
  quantize,
} from './quantize.ts';
export {
  checkScheme,
  type Granularity,
  LARGEST_BLOCK,
  QUANTIZED_TYPES,
  type QuantizedType,
  type ScaleType,
  type Scheme,
  SMALLEST_BLOCK,
  type Target,
} from './scheme.ts';
