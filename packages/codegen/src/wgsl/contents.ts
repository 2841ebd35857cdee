// Elements that are known before the run, as code: a number or a size by position.

import type { Dim } from '@trtx/ir';
import type { ComputeType } from '../storage.ts';
import * as ix from './ix.ts';
import type { Position } from './position.ts';
import { literal } from './scalar.ts';
import type { Shader } from './shader.ts';

/** A compiler goes down one level for each choice within an expression, and not down very far. */
const MAX_NESTED = 32;

/** The element at a position: where neighbours are equally far apart, computed; else a choice among them. */
export function contentsAt(shader: Shader, type: ComputeType, values: readonly Dim[], position: Position): string {
  const element = (dim: Dim) => {
    if (typeof dim === 'number') return literal(shader, dim, type);
    const size = ix.text(shader.size(dim));
    return type === 'bool' ? `(${size} != 0u)` : type === 'u32' ? size : `i32(${size})`;
  };
  if (values.length === 1) return element(values[0]!);
  const step = stepOf(values);
  if (step === 0) return element(values[0]!);
  const at = ix.text(position.linear(shader));
  if (step !== undefined && type !== 'bool') {
    const index = type === 'u32' ? at : `${type}(${at})`;
    return `(${element(values[0]!)} + ${index} * ${literal(shader, step, type)})`;
  }
  if (values.length > MAX_NESTED) return switched(shader, type, at, values.map(element));
  return values
    .map((dim, i) => ({ text: element(dim), i }))
    .reduceRight((rest, { text, i }) => (rest === '' ? text : `select(${rest}, ${text}, ${at} == ${i}u)`), '');
}

/** How far apart all neighbours are, if they are numbers and equally far, and none may stand for a larger one. */
function stepOf(values: readonly Dim[]): number | undefined {
  const [first, second] = values;
  if (typeof first !== 'number' || typeof second !== 'number') return undefined;
  const step = second - first;
  const fits = (value: Dim, i: number) => value === first + i * step && Math.abs(value) < 2 ** 31;
  return values.every(fits) && step >= 0 ? step : undefined;
}

function switched(shader: Shader, type: ComputeType, at: string, elements: readonly string[]): string {
  const result = shader.name('k');
  shader.line(`var ${result}: ${type};`);
  shader.block(`switch (${at})`, () => {
    elements.slice(0, -1).forEach((text, i) => {
      shader.line(`case ${i}u: { ${result} = ${text}; }`);
    });
    shader.line(`default: { ${result} = ${elements.at(-1)}; }`);
  });
  return result;
}
