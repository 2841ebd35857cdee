// Tensors in files of their own. The importer opens no file: the caller's `resolveExternal` does, and is asked once per
// file. Ranges are checked against the file's size before a byte is read, and no byte is read twice, however many
// tensors share it, so a model cannot make us hold more than its files have.

import { type ErrorPlace, errorAt, isTrtxError, quote, TrtxError } from '@trtx/errors';
import { byteLength } from '@trtx/ir';
import type { TensorProto } from '../wire/index.ts';
import { type ExternalData, tensorType } from './tensor.ts';

/** A file with tensors in it. */
export interface ExternalFile {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `offset` on, exactly `length` of them. They are kept, not copied. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Called once everything is read, also after an error. */
  close?(): Promise<void>;
}

/**
 * Opens the file that a model names. What is allowed to be opened is this function's to say: the location comes from
 * the model and is not to be trusted.
 */
export type ResolveExternal = (location: string) => Promise<ExternalFile>;

/** Keys of `external_data` that mean something, or are known to mean nothing here (a model may not choose the folder). */
const KEYS: ReadonlySet<string> = new Set(['location', 'offset', 'length', 'checksum', 'basepath']);

/** Ranges as near as this are read in one go. */
const NEAR = 4096;
/** A read that is already so long is not made longer for the next tensor. */
const LONG = 16 * 2 ** 20;

interface Range {
  readonly tensor: TensorProto;
  readonly offset: number;
  readonly length: number;
}

/**
 * The data of all tensors, as views of what was read.
 * @throws TrtxError ONNX_EXTERNAL, naming the tensor or the file
 */
export async function loadExternal(
  tensors: ReadonlyMap<TensorProto, ErrorPlace>,
  resolve: ResolveExternal | undefined,
): Promise<ExternalData> {
  const data = new Map<TensorProto, Uint8Array>();
  const byLocation = new Map<string, Map<TensorProto, ErrorPlace>>();
  for (const [tensor, place] of tensors) {
    const location = entriesOf(tensor, place).get('location');
    if (!location) throw externalError('external data without a location', place);
    const group = byLocation.get(location) ?? new Map<TensorProto, ErrorPlace>();
    byLocation.set(location, group.set(tensor, place));
  }
  for (const [location, group] of byLocation) {
    const first = group.values().next().value!;
    if (!resolve)
      throw externalError(`the weights are in another file, ${quote(location)}`, {
        ...first,
        hint: 'Give importModel a resolveExternal, or use importFile from @trtx/onnx/node.',
      });
    const at: ErrorPlace = { ...first, file: location };
    const file = await guarded('cannot be opened', at, () => resolve(location));
    try {
      const ranges = [...group].map(([tensor, place]) => rangeOf(tensor, place, file.size));
      for (const segment of segments(ranges)) await readSegment(file, at, segment, data);
    } finally {
      await file.close?.();
    }
  }
  return data;
}

/** What a resolver or one of its files gives; errors are made to tell which tensor it was for. */
async function guarded<T>(what: string, at: ErrorPlace, get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    if (isTrtxError(error)) throw errorAt(error, at);
    throw externalError(`the file of external data ${what}`, { ...at, cause: error });
  }
}

/** The entries of a tensor's `external_data`. */
function entriesOf(tensor: TensorProto, place: ErrorPlace): Map<string, string> {
  const entries = new Map<string, string>();
  for (const { key = '', value = '' } of tensor.external_data) {
    if (!KEYS.has(key)) throw externalError(`the unknown key ${quote(key)} in external data`, place);
    if (entries.has(key)) throw externalError(`two ${key} in external data`, place);
    entries.set(key, value);
  }
  return entries;
}

function rangeOf(tensor: TensorProto, place: ErrorPlace, size: number): Range {
  const entries = entriesOf(tensor, place);
  const number = (key: string) => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    if (!/^[0-9]{1,19}$/.test(text))
      throw externalError(`the ${key} ${quote(text)} of external data is no natural number`, place);
    return BigInt(text);
  };
  const { dtype, dims, count } = tensorType(tensor, place.tensor ?? '');
  if (dtype === 'string') throw externalError('strings in external data', place);
  const wanted = byteLength(dtype, count);
  const offset = number('offset') ?? 0n;
  const length = number('length') ?? BigInt(wanted);
  if (length !== BigInt(wanted))
    throw externalError(`${length} bytes of external data where ${dtype}[${dims}] has ${wanted}`, place);
  if (offset + length > BigInt(size))
    throw externalError(`bytes ${offset} to ${offset + length} of a file of ${size}`, {
      ...place,
      file: entries.get('location'),
    });
  return { tensor, offset: Number(offset), length: wanted };
}

/** Ranges in groups that are read in one go: those that overlap always, those that are near as long as it is short. */
function* segments(ranges: readonly Range[]): IterableIterator<readonly Range[]> {
  const order = [...ranges].sort((a, b) => a.offset - b.offset || a.length - b.length);
  let group: Range[] = [];
  let start = 0;
  let end = 0;
  for (const range of order) {
    const joins = range.offset < end || (range.offset - end <= NEAR && end - start + range.length <= LONG);
    if (group.length > 0 && !joins) {
      yield group;
      group = [];
    }
    if (group.length === 0) start = range.offset;
    end = group.length === 0 ? start + range.length : Math.max(end, range.offset + range.length);
    group.push(range);
  }
  if (group.length > 0) yield group;
}

async function readSegment(
  file: ExternalFile,
  at: ErrorPlace,
  ranges: readonly Range[],
  into: Map<TensorProto, Uint8Array>,
): Promise<void> {
  const start = ranges[0]!.offset;
  const end = ranges.reduce((last, { offset, length }) => Math.max(last, offset + length), start);
  const bytes =
    end === start ? new Uint8Array(0) : await guarded('cannot be read', at, () => file.read(start, end - start));
  if (bytes.length !== end - start)
    throw externalError(`${bytes.length} bytes came where ${end - start} were asked for`, at);
  for (const { tensor, offset, length } of ranges)
    into.set(tensor, bytes.subarray(offset - start, offset - start + length));
}

/** An error about data outside of the model file. */
export function externalError(message: string, options: ConstructorParameters<typeof TrtxError>[2] = {}): TrtxError {
  return new TrtxError('ONNX_EXTERNAL', message, {
    hint: 'Put the files that the model names beside it, unchanged, and load only models that you trust.',
    ...options,
  });
}
