// The inputs of a run, from what `--input` says and what the engine declares.

import { type EngineSummary, inspectEngine, type Plan } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import { printType, type Tensor } from '@trtx/ir';
import { readBytes } from './files.ts';
import { decodePicture, isPicture } from './picture.ts';
import { dimensionText } from './report/engine.ts';
import type { Sizes } from './shapes.ts';
import { decodeNpy, isNpy } from './tensors/npy.ts';
import { type PictureOptions, pictureTensor } from './tensors/picture.ts';
import { randomTensor } from './tensors/random.ts';
import { readRaw } from './tensors/raw.ts';
import type { InputSource } from './tensors/spec.ts';

export interface InputOptions extends PictureOptions {
  /** Sizes of dynamic dimensions. */
  readonly sizes: Sizes;
}

/**
 * Makes a tensor for every input of the engine.
 * @param plans of the profiles that the run may take
 * @throws TrtxError TENSOR_UNKNOWN, INPUT_MISSING, TENSOR_TYPE, PROFILE, and as the readers of files
 */
export async function readInputs(
  plans: readonly [Plan, ...Plan[]],
  sources: ReadonlyMap<string, InputSource>,
  options: InputOptions,
): Promise<Map<string, Tensor>> {
  const [plan] = plans;
  const summary = inspectEngine(plan);
  for (const name of [...sources.keys(), ...Object.keys(options.sizes)])
    if (!plan.inputs.some((input) => input.name === name)) throw unknown(name, summary);
  const tensors = new Map<string, Tensor>();
  for (const [i, { name, dtype, shape }] of plan.inputs.entries()) {
    const source = sources.get(name);
    if (!source) throw missing(name, summary);
    const sizes = options.sizes[name];
    if (sizes && sizes.length !== shape.length)
      throw new TrtxError('PROFILE', `--shapes has ${sizes.length} axes for ${summary.inputs[i]!.shape}`, {
        tensor: name,
        hint: 'Give a size for each axis, or ? to leave it.',
      });
    const dims = shape.map((dim, axis) => {
      const isFixed = typeof dim === 'number' && plans.every(({ inputs }) => inputs[i]!.shape[axis] === dim);
      return sizes?.[axis] ?? (isFixed ? dim : undefined);
    });
    const tensor = await readInput(source, { name, dtype, dims }, options, summary);
    if (tensor.dtype !== dtype) throw wrongType(name, tensor, dtype);
    tensors.set(name, tensor);
  }
  return tensors;
}

interface Target {
  readonly name: string;
  readonly dtype: Tensor['dtype'];
  readonly dims: readonly (number | undefined)[];
}

async function readInput(
  source: InputSource,
  target: Target,
  options: InputOptions,
  summary: EngineSummary,
): Promise<Tensor> {
  const { name, dtype, dims } = target;
  if (source.kind === 'random') {
    if (!dims.every((dim) => dim !== undefined)) throw open(target, summary);
    return randomTensor(dtype, dims, source.seed);
  }
  const { path } = source;
  if (source.kind === 'raw') return readRaw(path, source.dtype, source.dims);
  const bytes = await readBytes(path);
  if (isNpy(bytes)) return decodeNpy(path, bytes);
  if (isPicture(bytes)) return pictureTensor(await decodePicture(path), target, options);
  throw new TrtxError('TENSOR_FILE', 'the file is no .npy, no PNG and no JPEG', {
    tensor: name,
    file: path,
    hint: 'For raw elements add their type and shape: name=@file.bin:float32:1x3x224x224.',
  });
}

function unknown(name: string, { inputs }: EngineSummary): TrtxError {
  const hint = `Its inputs are ${inputs.map((input) => quote(input.name)).join(', ') || 'none'}.`;
  return new TrtxError('TENSOR_UNKNOWN', 'the engine has no such input', { tensor: name, hint });
}

function missing(name: string, { inputs }: EngineSummary): TrtxError {
  const { dtype, shape } = inputs.find((input) => input.name === name)!;
  return new TrtxError('INPUT_MISSING', `the engine needs this input, ${dtype}${shape}`, {
    tensor: name,
    hint: `Add --input ${quote(name)}=@file.npy, or --input ${quote(name)}=random.`,
  });
}

function open({ name, dims }: Target, { inputs, symbols }: EngineSummary): TrtxError {
  const example = dims.map((dim) => dim ?? 1).join('x');
  return new TrtxError(
    'PROFILE',
    `random elements need sizes for ${inputs.find((input) => input.name === name)!.shape}`,
    {
      tensor: name,
      details: symbols.map(dimensionText),
      hint: `Give them, for example --shapes '${quote(name)}:${example}'.`,
    },
  );
}

function wrongType(name: string, tensor: Tensor, dtype: string): TrtxError {
  const numpy = dtype === 'bool' ? 'bool' : dtype;
  return new TrtxError(
    'TENSOR_TYPE',
    `the data are ${printType({ dtype: tensor.dtype, shape: tensor.dims })}, the input takes ${dtype}`,
    {
      tensor: name,
      hint: `Convert them, in NumPy by array.astype(numpy.${numpy}).`,
    },
  );
}
