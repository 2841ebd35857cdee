// Pictures from files. Their sizes are in the data.

import { defineOp, type OpDef } from '../op.ts';

export const PIXEL_FORMATS = ['RGB', 'BGR', 'Grayscale'] as const;

/** No format has pictures of longer sides that decoders take. */
const MAX_SIDE = 65_535;

export const imageOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'ImageDecoder',
    since: 20,
    summary: 'the pixels of a picture in a file: [height, width, channels]; none of what cannot be decoded',
    inputs: [{ name: 'encoded_stream', types: ['uint8'] }],
    outputs: [{ name: 'image' }],
    attributes: { pixel_format: { type: 'string', default: 'RGB', oneOf: PIXEL_FORMATS } },
    trait: { kind: 'opaque' },
    infer(at) {
      const { shape } = at.input(0);
      if (shape.length !== 1) throw at.fail(`a file of [${shape}] where bytes along one axis belong`);
      const channels = at.string('pixel_format') === 'Grayscale' ? 1 : 3;
      return [{ dtype: 'uint8', shape: [at.unknown('height', MAX_SIDE), at.unknown('width', MAX_SIDE), channels] }];
    },
  }),
];
