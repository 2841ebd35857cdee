// A picture as the tensor that an input takes.

import { TrtxError } from '@trtx/errors';
import { type DType, isFloat, type Tensor } from '@trtx/ir';
import { fromFloat64 } from '@trtx/reference';
import { onWhite, type Picture, resizePicture } from '../picture.ts';

export interface PictureOptions {
  /** Multiplies bytes of 0 to 255; 1/255 by default, and 1 for integer inputs. */
  readonly scale?: number;
  /** Subtracted after that: one number, or one for each channel. */
  readonly mean?: readonly number[];
  /** Divides after that. */
  readonly std?: readonly number[];
}

/** An input as it is declared. A dimension that the shape leaves open is undefined. */
export interface PictureTarget {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly (number | undefined)[];
}

/** Where the axes of an input are. */
interface Layout {
  readonly channels: number;
  readonly height: number | undefined;
  readonly width: number | undefined;
  readonly channelsLast: boolean;
}

/**
 * Resizes the picture to the input's height and width (an open one keeps the picture's own), on white unless the input
 * has 4 channels, and lays it out as NCHW, CHW, NHWC, HWC or HW, whichever the shape is. One channel is the luma of
 * ITU-R BT.601.
 * @throws TrtxError PICTURE where the shape is none of these, or has another batch than 1
 */
export function pictureTensor(picture: Picture, target: PictureTarget, options: PictureOptions = {}): Tensor {
  const { channels, channelsLast, ...wanted } = layoutOf(target);
  const { height = picture.height, width = picture.width } = wanted;
  const { rgba } = resizePicture(channels === 4 ? picture : onWhite(picture), width, height);
  const floating = isFloat(target.dtype);
  const { scale = floating ? 1 / 255 : 1, mean = [0], std = [1] } = options;
  const offset = perChannel('--mean', mean, channels, target);
  const divisor = perChannel('--std', std, channels, target);

  const pixels = width * height;
  const values = new Float64Array(pixels * channels);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < pixels; i++) {
      const value = channels === 1 ? luma(rgba, i * 4) : rgba[i * 4 + c]!;
      const scaled = (value * scale - offset[c]!) / divisor[c]!;
      values[channelsLast ? i * channels + c : c * pixels + i] = floating ? scaled : Math.round(scaled);
    }
  const image = channelsLast ? [height, width, channels] : [channels, height, width];
  const rank = target.dims.length;
  return fromFloat64(target.dtype, rank === 2 ? [height, width] : rank === 3 ? image : [1, ...image], values);
}

function layoutOf({ name, dims }: PictureTarget): Layout {
  const fail = (why: string) => {
    const shape = dims.map((dim) => dim ?? '?').join('x');
    const hint = 'It takes 1x3x224x224, 1x224x224x3, or the same with 1 or 4 channels, without the 1, or 224x224.';
    return new TrtxError('PICTURE', `a picture does not fit an input of ${shape}: ${why}`, { tensor: name, hint });
  };
  if (dims.length < 2 || dims.length > 4) throw fail(`it has ${dims.length} axes`);
  if (dims.length === 4 && dims[0] !== undefined && dims[0] !== 1) throw fail(`its batch is ${dims[0]}`);
  if (dims.length === 2) return { channels: 1, height: dims[0], width: dims[1], channelsLast: false };
  const [a, b, c] = dims.slice(-3);
  const isChannels = (dim: number | undefined): dim is number => dim === 1 || dim === 3 || dim === 4;
  if (isChannels(a)) return { channels: a, height: b, width: c, channelsLast: false };
  if (isChannels(c)) return { channels: c, height: a, width: b, channelsLast: true };
  throw fail('no axis has 1, 3 or 4 channels');
}

function perChannel(option: string, values: readonly number[], channels: number, { name }: PictureTarget): number[] {
  if (values.length !== 1 && values.length !== channels)
    throw new TrtxError('USAGE', `${option} has ${values.length} numbers for ${channels} channels`, {
      tensor: name,
      hint: 'Give one, or one for each channel.',
    });
  return Array.from({ length: channels }, (_, c) => values[values.length === 1 ? 0 : c]!);
}

function luma(rgba: Uint8ClampedArray, at: number): number {
  return 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
}
