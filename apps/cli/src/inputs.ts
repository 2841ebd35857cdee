// The inputs of a run, from what `--input` says and what the engine or the model declares.

import { inspectEngine, type Plan } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import { type Graph, printType, type Tensor } from '@trtx/ir';
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

/** An input that is to get a tensor. */
export interface Port {
  readonly name: string;
  readonly dtype: Tensor['dtype'];
  /** Undefined where the size is dynamic. */
  readonly dims: readonly (number | undefined)[];
  /** The shape for messages: `[1, 3, H]`. */
  readonly shape: string;
}

/** The inputs of an engine or a model. */
export interface Ports {
  readonly of: 'engine' | 'model';
  readonly inputs: readonly Port[];
  /** What is known of dynamic sizes, for messages. */
  readonly dimensions: readonly string[];
}

/** @param plans of the profiles that the run may take */
export function enginePorts(plans: readonly [Plan, ...Plan[]]): Ports {
  const { inputs, symbols } = inspectEngine(plans[0]);
  const ports = plans[0].inputs.map(({ name, dtype, shape }, i): Port => {
    const dims = shape.map((dim, axis) => {
      const isFixed = typeof dim === 'number' && plans.every((plan) => plan.inputs[i]!.shape[axis] === dim);
      return isFixed ? dim : undefined;
    });
    return { name, dtype, dims, shape: inputs[i]!.shape };
  });
  return { of: 'engine', inputs: ports, dimensions: symbols.map(dimensionText) };
}

export function modelPorts({ inputs }: Graph): Ports {
  const ports = inputs.map(({ name, type: { dtype, shape } }): Port => {
    const dims = shape.map((dim) => (typeof dim === 'number' ? dim : undefined));
    return { name, dtype, dims, shape: `[${shape.join(', ')}]` };
  });
  return { of: 'model', inputs: ports, dimensions: [] };
}

/**
 * Makes a tensor for every input.
 * @throws TrtxError TENSOR_UNKNOWN, INPUT_MISSING, TENSOR_TYPE, PROFILE, and as the readers of files
 */
export async function readInputs(
  ports: Ports,
  sources: ReadonlyMap<string, InputSource>,
  options: InputOptions,
): Promise<Map<string, Tensor>> {
  for (const name of [...sources.keys(), ...Object.keys(options.sizes)])
    if (!ports.inputs.some((input) => input.name === name)) throw unknown(name, ports);
  const tensors = new Map<string, Tensor>();
  for (const port of ports.inputs) {
    const { name, dtype, shape } = port;
    const source = sources.get(name);
    if (!source) throw missing(port, ports);
    const sizes = options.sizes[name];
    if (sizes && sizes.length !== port.dims.length)
      throw new TrtxError('PROFILE', `--shapes has ${sizes.length} axes for ${shape}`, {
        tensor: name,
        hint: 'Give a size for each axis, or ? to leave it.',
      });
    const dims = port.dims.map((dim, axis) => sizes?.[axis] ?? dim);
    const tensor = await readInput(source, { ...port, dims }, options, ports);
    if (tensor.dtype !== dtype) throw wrongType(name, tensor, dtype);
    tensors.set(name, tensor);
  }
  return tensors;
}

async function readInput(source: InputSource, target: Port, options: InputOptions, ports: Ports): Promise<Tensor> {
  const { name, dtype, dims } = target;
  if (source.kind === 'random') {
    if (!dims.every((dim) => dim !== undefined)) throw open(target, ports);
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

function unknown(name: string, { of, inputs }: Ports): TrtxError {
  const hint = `Its inputs are ${inputs.map((input) => quote(input.name)).join(', ') || 'none'}.`;
  return new TrtxError('TENSOR_UNKNOWN', `the ${of} has no such input`, { tensor: name, hint });
}

function missing({ name, dtype, shape }: Port, { of }: Ports): TrtxError {
  return new TrtxError('INPUT_MISSING', `the ${of} needs this input, ${dtype}${shape}`, {
    tensor: name,
    hint: `Add --input ${quote(name)}=@file.npy, or --input ${quote(name)}=random.`,
  });
}

function open({ name, dims, shape }: Port, { dimensions }: Ports): TrtxError {
  const example = dims.map((dim) => dim ?? 1).join('x');
  return new TrtxError('PROFILE', `random elements need sizes for ${shape}`, {
    tensor: name,
    details: dimensions,
    hint: `Give them, for example --shapes '${quote(name)}:${example}'.`,
  });
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
