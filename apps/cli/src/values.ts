// What is known of elements when a model is read. `--constant`: inputs that are known, so that axes, sizes and branches that
// they decide are. `--value-ranges`: between what sizes lie that only a run tells.

import { quote, TrtxError } from '@trtx/errors';
import { type Constant, type DType, elementCount, isContainer, isInteger, NUMERIC_DTYPES, type Tensor } from '@trtx/ir';
import { type DeclaredValue, surveyModel } from '@trtx/onnx';
import { constantOfTensor, fromFloat64, toFloat64 } from '@trtx/reference';
import type { Command } from 'commander';
import { collect } from './command.ts';
import { readBytes } from './files.ts';
import { decodeNpy } from './tensors/npy.ts';
import { readRaw } from './tensors/raw.ts';
import { parseInputs } from './tensors/spec.ts';

export interface ValueOptions {
  readonly constant?: readonly string[];
  readonly valueRanges?: readonly string[];
}

const SYNTAX = 'Write sr=16000, axes=0,-1, flag=true, w=@file.npy or w=@file.bin:int64:2.';

/** Adds the options to a command that reads models. */
export function addValueOptions(command: Command): Command {
  return command
    .option(
      '--constant <spec>',
      'an input whose value is known at build and no input then: sr=16000, axes=0,-1, w=@file.npy; may be given several times',
      collect,
    )
    .option(
      '--value-ranges <spec>',
      'ranges of integers that steer shapes and that only a run tells, s:{1..8}x4 for s with two elements',
      collect,
    );
}

/** The inputs that the arguments name. @throws TrtxError USAGE that quotes what could not be read */
export function constantNames({ constant = [] }: ValueOptions): Set<string> {
  return new Set(parseConstants(constant).keys());
}

/**
 * The constants that the arguments give, of the types that the model declares.
 * @throws TrtxError USAGE, FILE_READ, TENSOR_FILE, INPUT_CONSTANT where the model has no such input or it takes no such
 *   value, and as `surveyModel`
 */
export async function readConstants(
  model: string,
  options: ValueOptions,
): Promise<ReadonlyMap<string, Constant> | undefined> {
  const tensors = await readConstantTensors(model, options);
  if (tensors.size === 0) return undefined;
  return new Map([...tensors].map(([name, tensor]) => [name, constantOfTensor(tensor)]));
}

/** The same as tensors. @throws TrtxError as `readConstants` */
export async function readConstantTensors(
  model: string,
  { constant = [] }: ValueOptions,
): Promise<Map<string, Tensor>> {
  const given = parseConstants(constant);
  const constants = new Map<string, Tensor>();
  if (given.size === 0) return constants;
  const { inputs } = surveyModel(await readBytes(model));
  for (const [name, text] of given) {
    const input = inputs.find((one) => one.name === name);
    if (!input)
      throw new TrtxError('INPUT_CONSTANT', 'a value was given for an input that the model has not', {
        tensor: name,
        hint: `Its inputs are ${inputs.map((one) => quote(one.name)).join(', ') || 'none'}.`,
      });
    constants.set(name, text.startsWith('@') ? await readFile(name, text) : literal(input, text));
  }
  return constants;
}

/** What is given for each input. */
function parseConstants(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (const arg of args) {
    const [, name, text] = /^(.+?)=(.+)$/s.exec(arg) ?? [];
    if (!name) throw new TrtxError('USAGE', `cannot read the constant ${quote(JSON.stringify(arg))}`, { hint: SYNTAX });
    if (given.has(name))
      throw new TrtxError('USAGE', 'the constant is given twice', { tensor: name, hint: 'Give it once.' });
    given.set(name, text!);
  }
  return given;
}

async function readFile(name: string, text: string): Promise<Tensor> {
  const source = parseInputs([`${name}=${text}`]).get(name)!;
  if (source.kind === 'raw') return readRaw(source.path, source.dtype, source.dims);
  const path = text.slice(1);
  return decodeNpy(path, await readBytes(path));
}

/** Elements that are written out, in the shape that the model declares. */
function literal({ name, type, dims }: DeclaredValue, text: string): Tensor {
  const refuse = (why: string, hint = SYNTAX) => new TrtxError('INPUT_CONSTANT', why, { tensor: name, hint });
  const dtype = type as DType;
  if (dtype === 'string') return { dtype, dims: [], data: [text] };
  if (!NUMERIC_DTYPES.includes(dtype) || isContainer(dtype))
    throw refuse(`the input is ${type}, which cannot be written out`, 'Leave it an input.');
  const words = text.split(',').map((word) => word.trim());
  const shape = shapeFor(dims, words.length);
  if (!shape) throw refuse(`${words.length} elements for an input of [${dims!.map((dim) => dim ?? '?').join(', ')}]`);
  const data = Float64Array.from(words, (word) => numberOf(word) ?? Number.NaN);
  const wrong = words.find((_, i) => Number.isNaN(data[i]!));
  if (wrong !== undefined) throw refuse(`${quote(JSON.stringify(wrong))} is no element of ${dtype}`);
  const tensor = fromFloat64(dtype, shape, data);
  const wide = tensor.data;
  if (wide instanceof BigInt64Array || wide instanceof BigUint64Array)
    words.forEach((word, i) => {
      if (/^[-+]?\d+$/.test(word)) wide[i] = BigInt(word);
    });
  return requireExact(tensor, words, refuse);
}

/** Integers have to be what was written; floats may be rounded. */
function requireExact(tensor: Tensor, words: readonly string[], refuse: (why: string) => TrtxError): Tensor {
  const isWhole = isInteger(tensor.dtype) || tensor.dtype === 'bool';
  const kept = toFloat64(tensor);
  words.forEach((word, i) => {
    if (isWhole && (kept[i] !== numberOf(word) || (tensor.dtype === 'bool' && kept[i]! > 1)))
      throw refuse(`${quote(JSON.stringify(word))} is no element of ${tensor.dtype}`);
  });
  return tensor;
}

function numberOf(word: string): number | undefined {
  if (word === 'true' || word === 'false') return word === 'true' ? 1 : 0;
  const value = Number(word);
  return word === '' || !Number.isFinite(value) ? undefined : value;
}

/** Of as many elements; a list where the model declares no shape, and one alone a scalar. Undefined where none fits. */
function shapeFor(dims: DeclaredValue['dims'], count: number): readonly number[] | undefined {
  if (!dims) return count === 1 ? [] : [count];
  const open = dims.filter((dim) => typeof dim !== 'number').length;
  const known = elementCount(dims.filter((dim) => typeof dim === 'number'));
  if (open > 1 || (open === 1 && known === 0)) return undefined;
  const shape = dims.map((dim) => (typeof dim === 'number' ? dim : count / known));
  return elementCount(shape) === count && shape.every(Number.isInteger) ? shape : undefined;
}
