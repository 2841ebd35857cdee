// What functions of WGSL give.

import type { CallExpr, Type } from './syntax.ts';
import {
  ABSTRACT,
  anyOf,
  BOOL,
  between,
  F32,
  gcd,
  I32,
  isInteger,
  joined,
  narrowed,
  typed,
  typeNamed,
  typeOf,
  U32,
  type Value,
} from './value.ts';

type Builtin = (args: readonly Value[]) => Value;

/** A number of another type: the same number where that has it. */
const converted =
  (type: Type): Builtin =>
  ([value]) =>
    value && isInteger(value) ? between(type, value.low, value.high, value.step) : anyOf(type);

const ofFirst: Builtin = ([first]) => anyOf(first?.type);
const a =
  (type: Type): Builtin =>
  () =>
    anyOf(type);
const VEC2 = { name: 'vec2', args: [F32] };

const BUILTINS: Readonly<Record<string, Builtin>> = {
  u32: converted(U32),
  i32: converted(I32),
  f32: a(F32),
  f16: a(typeNamed('f16')),
  bool: a(BOOL),
  min: ([x, y]) => extremes(Math.min, x!, y!),
  max: ([x, y]) => extremes(Math.max, x!, y!),
  clamp: ([x, low, high]) => extremes(Math.min, extremes(Math.max, x!, low!), high!),
  abs: ([x]) => (x && isInteger(x) && x.low >= 0 ? x : anyOf(x?.type)),
  select: ([no, yes]) => joined(no!, yes!),
  dot: ([x]) => anyOf(elementOf(x?.type)),
  length: a(F32),
  unpack2x16float: a(VEC2),
  pack2x16float: a(U32),
  arrayLength: a(U32),
  all: a(BOOL),
  any: a(BOOL),
};

/** What a call of a function gives that the module does not have itself. */
export function called({ name, types }: CallExpr, args: readonly Value[]): Value {
  const [type] = types;
  const builtin = BUILTINS[name];
  if (builtin) return builtin(args);
  if (name === 'bitcast') return bitcast(type, args[0]);
  if (/^(vec[234]|array)$/.test(name)) return anyOf(type ?? { name, args: [] });
  if (name.startsWith('atomic')) return anyOf(elementOf(args[0]?.type));
  if (name === 'workgroupUniformLoad') return anyOf(args[0]?.type);
  if (name === 'subgroupMatrixLoad') return anyOf(type);
  return ofFirst(args);
}

function bitcast(type: Type | undefined, value: Value | undefined): Value {
  const isSame = value && isInteger(value) && value.type !== ABSTRACT && type?.args.length === 0 && value.low >= 0;
  return isSame && value.high < 2 ** 31 ? narrowed(anyOf(type), value.low, value.high) : anyOf(type);
}

/** The smaller or larger of two numbers. */
function extremes(of: (a: number, b: number) => number, a: Value, b: Value): Value {
  const type = typeOf(a, b);
  const [x, y] = typed(a, b);
  if (!isInteger(x) || !isInteger(y)) return anyOf(type);
  return between(type, of(x.low, y.low), of(x.high, y.high), gcd(x.step, y.step));
}

/** The type of what an index finds. */
export function elementOf(type: Type | undefined): Type | undefined {
  const [element] = type?.args ?? [];
  return typeof element === 'object' ? element : undefined;
}

/** How many elements there are to find; undefined where nothing tells. */
export function lengthOf(type: Type | undefined): number | undefined {
  if (!type) return undefined;
  if (type.name === 'array') return typeof type.args[1] === 'number' ? type.args[1] : undefined;
  const size = /^vec([234])$/.exec(type.name)?.[1];
  return size === undefined ? undefined : Number(size);
}
