// Attributes of nodes as the graph has them.

import type { AttributeValue } from '@trtx/ir';
import type { AttributeProto } from '../wire/index.ts';
import { modelError } from './error.ts';
import { readAnyTensor } from './sparse.ts';
import { type ExternalData, readTensor } from './tensor.ts';
import { typeName } from './types.ts';

/** AttributeProto.AttributeType: the field of each, and whether it is a list. */
const FIELDS = new Map<number, keyof AttributeProto>([
  [1, 'f'],
  [2, 'i'],
  [3, 's'],
  [4, 't'],
  [5, 'g'],
  [6, 'floats'],
  [7, 'ints'],
  [8, 'strings'],
  [9, 'tensors'],
  [10, 'graphs'],
  [11, 'sparse_tensor'],
  [12, 'sparse_tensors'],
  [13, 'tp'],
]);

const LISTS: ReadonlySet<keyof AttributeProto> = new Set([
  'floats',
  'ints',
  'strings',
  'tensors',
  'graphs',
  'sparse_tensors',
]);

const decoder = new TextDecoder();

/** The field that holds the attribute's value, by its type or, in files of IR version 1, by what is set. */
export function attributeField(attribute: AttributeProto): keyof AttributeProto | undefined {
  if (attribute.type) return FIELDS.get(attribute.type);
  for (const field of FIELDS.values()) {
    const value = attribute[field];
    if (LISTS.has(field) ? (value as unknown[]).length > 0 : value !== undefined) return field;
  }
  return undefined;
}

/**
 * The attributes of a node by name. Integers beyond 2^53 become the largest or smallest safe one, since they stand for
 * "to the end".
 * @throws TrtxError ONNX_MODEL, naming node and attribute
 */
export function readAttributes(
  attributes: readonly AttributeProto[],
  node: string,
  external: ExternalData,
): Map<string, AttributeValue> {
  const result = new Map<string, AttributeValue>();
  for (const attribute of attributes) {
    const name = attribute.name ?? '';
    if (name === '') throw modelError('an attribute without a name', { node });
    if (result.has(name)) throw modelError(`two attributes ${name}`, { node });
    result.set(name, readAttribute(attribute, node, external));
  }
  return result;
}

function readAttribute(attribute: AttributeProto, node: string, external: ExternalData): AttributeValue {
  const { name } = attribute;
  const field = attributeField(attribute);
  const fail = (message: string, hint?: string) => modelError(`attribute ${name} ${message}`, { node, hint });
  if (attribute.ref_attr_name) throw fail(`refers to ${attribute.ref_attr_name} outside of a function`);
  switch (field) {
    case 'f':
      return attribute.f ?? 0;
    case 'i':
      return safeInteger(attribute.i ?? 0n);
    case 's':
      return decoder.decode(attribute.s);
    case 't':
      if (!attribute.t) throw fail('has no tensor');
      return readTensor(attribute.t, external, `${node}.${name}`);
    case 'sparse_tensor':
      if (!attribute.sparse_tensor) throw fail('has no tensor');
      return readAnyTensor(attribute.sparse_tensor, external, `${node}.${name}`);
    case 'tp':
      return typeName(attribute.tp, node);
    case 'floats':
      return attribute.floats;
    case 'ints':
      return attribute.ints.map(safeInteger);
    case 'strings':
      return attribute.strings.map((bytes) => decoder.decode(bytes));
    case undefined:
      throw fail(attribute.type ? `has the unknown type ${attribute.type}` : 'has no value');
    default:
      throw fail(`is of the kind ${field}`, 'Graphs and lists of tensors are not supported here.');
  }
}

/** The number, or the nearest that JavaScript holds exactly. */
function safeInteger(value: bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}
