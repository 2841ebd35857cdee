// Encoding by the same tables as decoding. What comes out is a list of parts: bytes fields of some size are parts of their
// own, so a model's weights are never copied on the way to its file.

import protobuf from 'protobufjs/minimal.js';
import { type Field, MODEL, type ModelProto, type Schema } from './schema.ts';

/** Bytes fields from this length on become a part of their own. */
const OWN_PART = 1024;

/** The model's file, as parts to be written one after another. */
export function encodeModel(model: ModelProto): Uint8Array[] {
  const sink = new Sink();
  encodeMessage(MODEL, model as unknown as Message, sink);
  return sink.finish();
}

/** The parts as one array. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

type Message = Readonly<Record<string, unknown>>;

/** Small fields in a writer, large bytes beside it. */
class Sink {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  writer = new protobuf.Writer();

  append(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      if (part.length < OWN_PART) this.writer.raw(part);
      else {
        this.#flush();
        this.#add(part);
      }
    }
  }

  finish(): Uint8Array[] {
    this.#flush();
    return this.#parts;
  }

  get length(): number {
    return this.#length + this.writer.pos;
  }

  #flush(): void {
    if (this.writer.pos === 0) return;
    this.#add(this.writer.finish());
    this.writer = new protobuf.Writer();
  }

  #add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#length += part.length;
  }
}

function encodeMessage(schema: Schema, message: Message, sink: Sink): void {
  for (const field of schema.fields.values()) {
    const value = message[field.name];
    if (value === undefined) continue;
    if (!field.repeated) encodeField(field, value, sink);
    else if (packs(field)) encodePacked(field, value as readonly (number | bigint)[], sink);
    else for (const item of value as readonly unknown[]) encodeField(field, item, sink);
  }
}

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

function packs({ kind }: Field): boolean {
  return kind === 'int32' || kind === 'int64' || kind === 'float';
}

function encodeField({ id, kind }: Field, value: unknown, sink: Sink): void {
  const { writer } = sink;
  const tag = (wireType: number) => writer.uint32((id << 3) | wireType);
  switch (kind) {
    case 'int32':
      tag(VARINT).int32(value as number);
      return;
    case 'int64':
      tag(VARINT).int64(toLong(value as bigint));
      return;
    case 'float':
      tag(FIXED32).float(value as number);
      return;
    case 'string':
      tag(BYTES).string(value as string);
      return;
    case 'bytes':
    case 'packedVarint':
    case 'packed32':
    case 'packed64':
      tag(BYTES).uint32((value as Uint8Array).length);
      sink.append([value as Uint8Array]);
      return;
    default: {
      const inner = new Sink();
      encodeMessage(kind(), value as Message, inner);
      tag(BYTES).uint32(inner.length);
      sink.append(inner.finish());
    }
  }
}

function encodePacked({ id, kind }: Field, values: readonly (number | bigint)[], sink: Sink): void {
  if (values.length === 0) return;
  const { writer } = sink;
  writer.uint32((id << 3) | BYTES).fork();
  for (const value of values) {
    if (kind === 'int64') writer.int64(toLong(value as bigint));
    else if (kind === 'int32') writer.int32(value as number);
    else writer.float(value as number);
  }
  writer.ldelim();
}

/** The halves that protobufjs writes 64-bit integers from. */
function toLong(value: bigint): Parameters<protobuf.Writer['int64']>[0] {
  const bits = BigInt.asUintN(64, value);
  const long = { low: Number(bits & 0xffffffffn) | 0, high: Number(bits >> 32n) | 0, unsigned: false };
  return long as Parameters<protobuf.Writer['int64']>[0];
}
