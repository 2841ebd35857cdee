// Our decoder against another one: protobufjs' own, made by reflection from ONNX's published schema. Both must read the same
// in every case of the ONNX project and in every generated model.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeModel, MODEL, type Schema, varints } from './index.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const SHARED = process.env.TRTX_SHARED ?? resolve(here, '../../../../../shared');

const schema = readFileSync(join(here, 'fixtures', 'onnx.proto'), 'utf8');
const ModelProto = protobuf.parse(schema, { keepCase: true }).root.lookupType('onnx.ModelProto');

type Message = Record<string, unknown>;

/** 64-bit integers as bigints. */
const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'unsigned' in value ? BigInt(String(value)) : value;

/** proto2 drops values that an enumeration does not know; we keep them, to refuse them by name. */
const UNKNOWN_VALUE = /\.(type|data_location): 1 and 0$/;

/** Elements of a field that we keep packed. */
function unpacked(kind: unknown, bytes: Uint8Array | undefined, name: string): unknown[] {
  if (!bytes) return [];
  const copy = bytes.slice().buffer;
  if (kind === 'packed32') return [...new Float32Array(copy)];
  if (kind === 'packed64') return [...new Float64Array(copy)];
  const values = [...varints(bytes, name === 'uint64_data')];
  return name === 'int32_data' ? values.map((value) => Number(BigInt.asIntN(32, value))) : values;
}

/** Paths of fields that differ. */
function differences(table: Schema, ours: Message, theirs: Message, path: string): string[] {
  const found: string[] = [];
  for (const { name, kind, repeated } of table.fields.values()) {
    const there = Object.hasOwn(theirs, name) ? theirs[name] : undefined;
    const at = `${path}.${name}`;
    const packed = typeof kind === 'string' && kind.startsWith('packed');
    const ourList = packed
      ? unpacked(kind, ours[name] as Uint8Array | undefined, name)
      : repeated
        ? (ours[name] as unknown[])
        : ours[name] === undefined
          ? []
          : [ours[name]];
    const theirList = there === undefined || there === null ? [] : Array.isArray(there) ? there : [there];
    if (ourList.length !== theirList.length) found.push(`${at}: ${ourList.length} and ${theirList.length}`);
    else
      ourList.forEach((mine, i) => {
        const other = plain(theirList[i]);
        if (typeof kind === 'function')
          found.push(...differences(kind(), mine as Message, other as Message, `${at}[${i}]`));
        else if (mine instanceof Uint8Array ? Buffer.compare(mine, other as Uint8Array) !== 0 : !Object.is(mine, other))
          found.push(`${at}[${i}]`);
      });
  }
  return found;
}

function check(file: string): void {
  const bytes = readFileSync(file);
  const ours = decodeModel(bytes) as unknown as Message;
  const theirs = ModelProto.decode(bytes) as unknown as Message;
  expect(differences(MODEL, ours, theirs, 'model'), file).toEqual([]);
}

const files = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((name) => join(folder, name, 'model.onnx'))
        .filter((file) => existsSync(file))
    : [];

describe.skipIf(!existsSync(SHARED))('decoding as protobufjs does', () => {
  it.each(['node', 'simple', 'pytorch-operator', 'pytorch-converted'])('cases of the ONNX project: %s', (kind) => {
    const all = files(join(SHARED, 'onnx-backend-tests', kind));
    expect(all.length).toBeGreaterThan(10);
    for (const file of all) check(file);
  });

  it('generated models, mnist, superres, magika', () => {
    const models = join(SHARED, 'models');
    for (const file of files(join(models, 'generated'))) check(file);
    check(join(models, 'mnist', 'mnist.onnx'));
    check(join(models, 'superres', 'supres.onnx'));
    check(join(models, 'magika', 'model.onnx'));
  });

  it('reads the same after a change of one byte, where both can read', () => {
    const bytes = new Uint8Array(readFileSync(join(SHARED, 'models', 'generated', 'espcn', 'model.onnx')));
    let both = 0;
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << (at % 8);
      try {
        const ours = decodeModel(changed) as unknown as Message;
        const theirs = ModelProto.decode(changed) as unknown as Message;
        const found = differences(MODEL, ours, theirs, 'model').filter((one) => !UNKNOWN_VALUE.test(one));
        expect(found, `byte ${at}`).toEqual([]);
        both++;
      } catch (error) {
        if (error instanceof Error && error.name === 'AssertionError') throw error;
      }
    }
    expect(both).toBeGreaterThan(bytes.length / 3);
  });
});
