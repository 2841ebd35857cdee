export { type Placement, type PlaceOptions, placeInt8 } from './place.ts';
export { DEFAULT_CALIBRATOR, type Int8Options, quantizeInt8 } from './quantize-int8.ts';
