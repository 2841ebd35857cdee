// Where fragments of subgroup matrices lie in memory: so many lines, each so many elements of the array after the one before.

import { ELEMENT_BYTES } from '../wgsl/shader.ts';
import type { CallExpr, Module, Type } from './syntax.ts';
import { isInteger, type Value } from './value.ts';

const COMPONENT_BYTES: Readonly<Record<string, number>> = { f16: 2, f32: 4, i8: 1, u8: 1, i32: 4, u32: 4 };

/**
 * Elements of the array from the first to the last that a load or store touches; undefined where it is not known.
 * @param args values of the call's arguments: the array, the offset, of a store the fragment, and the stride
 */
export function reachOf({ aliases }: Module, { types }: CallExpr, args: readonly Value[]): number | undefined {
  const isStore = args.length === 4;
  const order = types.at(-1)?.name;
  const named = isStore ? args[2]!.type : types[0];
  const fragment = named && (aliases.get(named.name) ?? named);
  const [component, columns, rows] = fragment?.args ?? [];
  const stride = args.at(-1)!;
  const bytes = typeof component === 'object' ? COMPONENT_BYTES[component.name] : undefined;
  const element = bytesOf(args[0]!.type);
  if (!bytes || !element || typeof columns !== 'number' || typeof rows !== 'number') return undefined;
  if (!isInteger(stride) || stride.low < 0 || !(order === 'row_major' || order === 'col_major')) return undefined;
  const [lines, length] = order === 'row_major' ? [rows, columns] : [columns, rows];
  return (lines - 1) * stride.high + Math.ceil((length * bytes) / element);
}

/** Bytes of an element of an array. */
function bytesOf(array: Type | undefined): number | undefined {
  const [element] = array?.args ?? [];
  if (typeof element !== 'object') return undefined;
  const [inner] = element.args;
  const name = typeof inner === 'object' ? `${element.name}<${inner.name}>` : element.name;
  return (ELEMENT_BYTES as Readonly<Record<string, number>>)[name];
}
