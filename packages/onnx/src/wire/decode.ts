// Decoding of protocol buffers by a table, over protobufjs' Reader. It copies nothing (bytes are views of the file), and
// it is meant for hostile files: nesting is limited, every length is checked against the message that it is in, a known
// field with another wire type is an error, unknown fields are skipped.

import { TrtxError } from '@trtx/errors';
import protobuf from 'protobufjs/minimal.js';
import {
  type Field,
  MODEL,
  type ModelProto,
  OPTIONAL,
  type OptionalProto,
  type Schema,
  SEQUENCE,
  type SequenceProto,
  TENSOR,
  type TensorProto,
} from './schema.ts';

/** Messages in messages, past which a file is refused. */
const MAX_DEPTH = 100;
/** Bytes of an integer of 64 bits. */
const MAX_VARINT = 10;
const HINT = 'The file is damaged, cut short or no ONNX model; fetch or export it again.';

/**
 * The model in a file's bytes; bytes fields are views of them.
 * @throws TrtxError ONNX_PARSE, naming the field and the byte
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return decodeWhole<ModelProto>(MODEL, bytes);
}

/**
 * A tensor in a file of its own (`.pb`), as test data have it.
 * @throws TrtxError ONNX_PARSE, naming the field and the byte
 */
export function decodeTensor(bytes: Uint8Array): TensorProto {
  return decodeWhole<TensorProto>(TENSOR, bytes);
}

/** As `decodeTensor`, a sequence. */
export function decodeSequence(bytes: Uint8Array): SequenceProto {
  return decodeWhole<SequenceProto>(SEQUENCE, bytes);
}

/** As `decodeTensor`, an optional. */
export function decodeOptional(bytes: Uint8Array): OptionalProto {
  return decodeWhole<OptionalProto>(OPTIONAL, bytes);
}

/** The signed integer (or, for `unsigned`, the natural number) that each varint of a packed field stands for. */
export function* varints(packed: Uint8Array, unsigned = false): IterableIterator<bigint> {
  const reader = new protobuf.Reader(packed);
  while (reader.pos < reader.len) yield unsigned ? toBigInt(reader.uint64(), true) : toBigInt(reader.int64(), false);
}

/** Number of varints in a packed field: the bytes that end one. */
export function countVarints(packed: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < packed.length; i++) if (packed[i]! < 128) count++;
  return count;
}

type Message = Record<string, unknown>;

/** Where the decoder is: the message, and how it was reached. */
interface Place {
  readonly schema: Schema;
  /** Offset of the message's first byte in the file. */
  readonly base: number;
  readonly depth: number;
  readonly parent?: { readonly place: Place; readonly field: Field; readonly index: number };
}

function decodeWhole<M>(schema: Schema, bytes: Uint8Array): M {
  // A Buffer's views would be Buffers, which print and compare otherwise than plain arrays.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const other = otherFormat(plain);
  if (other) throw new TrtxError('ONNX_PARSE', `the file is ${other.is}, no ONNX model`, { hint: other.hint });
  const message = blank(schema);
  decodeInto(message, plain, { schema, base: 0, depth: 0 });
  return message as M;
}

/** Files that are often taken for models, by how they begin; a model begins otherwise. */
const OTHERS = [
  { begin: 'version https://git-lfs', is: 'a pointer of Git LFS', hint: 'Fetch the file itself: git lfs pull.' },
  { begin: '<', is: 'a web page', hint: 'Check the address; an error page was saved in place of the model.' },
  { begin: 'PK\u0003\u0004', is: 'a ZIP archive', hint: 'Unpack it, or export the model to ONNX.' },
] as const;

function otherFormat(bytes: Uint8Array): (typeof OTHERS)[number] | undefined {
  return OTHERS.find(({ begin }) => [...begin].every((char, i) => bytes[i] === char.charCodeAt(0)));
}

function blank(schema: Schema): Message {
  const message: Message = {};
  for (const { name, repeated } of schema.fields.values()) message[name] = repeated ? [] : undefined;
  return message;
}

function decodeInto(message: Message, bytes: Uint8Array, place: Place): void {
  if (place.depth > MAX_DEPTH) throw damaged(`messages are nested more than ${MAX_DEPTH} deep`, place, 0);
  const reader = new protobuf.Reader(bytes);
  let field: Field | undefined;
  let start = 0;
  try {
    while (reader.pos < reader.len) {
      start = reader.pos;
      field = undefined;
      const tag = reader.tag();
      const wireType = tag & 7;
      if (tag >>> 3 === 0) throw new Error('field number 0');
      if (wireType === 3 || wireType === 4 || wireType > 5) throw new Error(`wire type ${wireType}`);
      field = place.schema.fields.get(tag >>> 3);
      if (field) decodeField(message, field, wireType, reader, place);
      else reader.skipType(wireType);
    }
  } catch (error) {
    if (error instanceof TrtxError) throw error;
    throw damaged(describe(error), place, start, field);
  }
}

function decodeField(message: Message, field: Field, wireType: number, reader: protobuf.Reader, place: Place): void {
  const { kind, name, repeated } = field;
  if (kind === 'packedVarint' || kind === 'packed32' || kind === 'packed64') {
    message[name] = joined(message[name] as Uint8Array | undefined, packedPiece(kind, wireType, reader));
    return;
  }
  const packs = kind === 'int64' || kind === 'int32' || kind === 'float';
  if (repeated && packs && wireType === 2) {
    const packed = new protobuf.Reader(reader.bytes());
    while (packed.pos < packed.len) (message[name] as unknown[]).push(scalar(kind, packed));
    return;
  }
  const wanted = kind === 'float' ? 5 : packs ? 0 : 2;
  if (wireType !== wanted) throw new Error(`wire type ${wireType} where ${wanted} belongs`);
  if (typeof kind !== 'function') {
    const value = scalar(kind, reader);
    if (repeated) (message[name] as unknown[]).push(value);
    else message[name] = value;
    return;
  }
  const schema = kind();
  const bytes = reader.bytes();
  // A message that comes twice is merged, as the format asks.
  const inner = (repeated ? undefined : (message[name] as Message | undefined)) ?? blank(schema);
  const index = repeated ? (message[name] as unknown[]).push(inner) - 1 : -1;
  if (!repeated) message[name] = inner;
  const base = place.base + reader.pos - bytes.length;
  decodeInto(inner, bytes, { schema, base, depth: place.depth + 1, parent: { place, field, index } });
}

function scalar(kind: Exclude<Field['kind'], () => Schema>, reader: protobuf.Reader): unknown {
  switch (kind) {
    case 'int32':
      return reader.int32();
    case 'int64':
      return toBigInt(reader.int64(), false);
    case 'float':
      return reader.float();
    case 'string':
      return reader.string();
    default:
      return reader.bytes();
  }
}

const ELEMENT = { packedVarint: 0, packed64: 1, packed32: 5 } as const;

/** The bytes of a packed field's elements: all of a packed piece, or one element that is written alone. */
function packedPiece(kind: keyof typeof ELEMENT, wireType: number, reader: protobuf.Reader): Uint8Array {
  const width = kind === 'packed32' ? 4 : kind === 'packed64' ? 8 : 1;
  if (wireType === 2) {
    const piece = reader.bytes();
    if (piece.length % width !== 0) throw new Error(`${piece.length} bytes of elements of ${width} bytes`);
    if (kind === 'packedVarint') checkVarints(piece);
    return piece;
  }
  if (wireType !== ELEMENT[kind]) throw new Error(`wire type ${wireType} where ${ELEMENT[kind]} or 2 belongs`);
  const start = reader.pos;
  reader.skipType(wireType);
  return reader.buf.subarray(start, reader.pos);
}

/** Packed integers are converted when they are read; that they can be is seen here. */
function checkVarints(packed: Uint8Array): void {
  let length = 0;
  for (const byte of packed) {
    if (++length > MAX_VARINT) throw new Error(`a varint of more than ${MAX_VARINT} bytes`);
    if (byte < 128) length = 0;
  }
  if (length > 0) throw new Error('a varint is cut short');
}

/** Room behind the pieces that were joined, so that a million elements written one by one do not cost a copy each. */
const room = new WeakMap<Uint8Array, Uint8Array>();

function joined(old: Uint8Array | undefined, piece: Uint8Array): Uint8Array {
  if (!old || old.length === 0) return piece;
  const length = old.length + piece.length;
  let buffer = room.get(old);
  if (!buffer || buffer.length < length) {
    const larger = new Uint8Array(Math.max(2 * length, 64));
    larger.set(old);
    buffer = larger;
  }
  buffer.set(piece, old.length);
  const result = buffer.subarray(0, length);
  room.set(result, buffer);
  return result;
}

interface Halves {
  readonly low: number;
  readonly high: number;
}

function toBigInt(value: number | Halves, unsigned: boolean): bigint {
  if (typeof value === 'number') return BigInt(value);
  const bits = (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
  return unsigned ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits);
}

function describe(error: unknown): string {
  // protobufjs tells with RangeErrors that a length or an element passes the end.
  if (error instanceof RangeError) return 'a length or value passes the end of its message';
  return error instanceof Error ? error.message : String(error);
}

function damaged(what: string, place: Place, at: number, field?: Field): TrtxError {
  const steps: string[] = [];
  if (field) steps.push(field.name);
  for (let step = place.parent; step; step = step.place.parent)
    steps.push(step.index < 0 ? step.field.name : `${step.field.name}[${step.index}]`);
  const path = steps.reverse().join('.') || place.schema.name;
  return new TrtxError('ONNX_PARSE', `${what}, in ${path} at byte ${place.base + at}`, { hint: HINT });
}
