// A WGSL module under construction: bindings, dynamic sizes, helper functions and one entry point.
//
// Sizes that are known at build print as literals. The others are fields of one uniform struct `p`, whose words the
// runtime writes when shapes change.

import type { BindingKind } from '@trtx/engine';
import { bounds, type Dim, DimExpr, mul, sameDim } from '@trtx/ir';
import type { Ix } from './ix.ts';
import * as ix from './ix.ts';

/** What buffers are arrays of, and the bytes of one. */
export const ELEMENT_BYTES = {
  f32: 4,
  i32: 4,
  u32: 4,
  f16: 2,
  'atomic<u32>': 4,
  'vec4<f32>': 16,
  'vec4<f16>': 8,
  'vec2<u32>': 8,
  'vec4<u32>': 16,
} as const;

export type BufferElement = keyof typeof ELEMENT_BYTES;

/** Types that a hint and a number make the name of, and that what comes after it in the shader would no longer find. */
const TYPES: ReadonlySet<string> = new Set(['f16', 'f32', 'i32', 'u32', 'vec2', 'vec3', 'vec4']);

/** Features of WebGPU that shaders can ask for, and what WGSL calls each. */
const EXTENSIONS = {
  'shader-f16': 'f16',
  subgroups: 'subgroups',
  'chromium-experimental-subgroup-matrix': 'chromium_experimental_subgroup_matrix',
} as const;

export type ShaderFeature = keyof typeof EXTENSIONS;

export interface ShaderBinding {
  readonly name: string;
  readonly kind: BindingKind;
  readonly element: BufferElement;
}

export class Shader {
  readonly bindings: ShaderBinding[] = [];
  /** Dims in the uniform struct, in order of its fields. */
  readonly params: Dim[] = [];
  /** What the device must have. */
  readonly features = new Set<ShaderFeature>();
  readonly #globals: string[] = [];
  readonly #directives = new Set<string>();
  readonly #helpers = new Set<string>();
  readonly #lines: string[] = [];
  #indent = 1;
  #names = 0;

  /** Adds a storage buffer; returns its name. */
  buffer(kind: 'read' | 'read_write', element: BufferElement): string {
    const name = `b${this.bindings.length}`;
    this.bindings.push({ name, kind, element });
    if (element.includes('f16')) this.features.add('shader-f16');
    return name;
  }

  /** A size as an index expression: a literal, or fields of the params, which hold no negative number. */
  size(dim: Dim): Ix {
    if (typeof dim === 'number') return dim;
    if (bounds(dim).min < 0) {
      const [more, less] = signedParts(dim);
      if (less !== 0 && bounds(more).min >= 0 && bounds(less).min >= 0) return ix.sub(this.size(more), this.size(less));
    }
    let at = this.params.findIndex((known) => sameDim(known, dim));
    if (at < 0) at = this.params.push(dim) - 1;
    return `p.d${at}`;
  }

  /** Says something about the whole module once. */
  directive(text: string): void {
    this.#directives.add(text);
  }

  /** Declares something at module level once: a function, a constant, workgroup memory. */
  global(declaration: string): void {
    if (this.#helpers.has(declaration)) return;
    this.#helpers.add(declaration);
    this.#globals.push(declaration);
  }

  /** A name that nothing else has. */
  name(hint: string): string {
    const name = `${hint}${this.#names++}`;
    return TYPES.has(name) ? this.name(hint) : name;
  }

  line(text: string): void {
    this.#lines.push('  '.repeat(this.#indent) + text);
  }

  /** `let name = expression;`, and the name. Names and literals are given back as they are. */
  let(expression: string, hint = 'v'): string {
    if (/^[\w.]+$/.test(expression)) return expression;
    const name = this.name(hint);
    this.line(`let ${name} = ${expression};`);
    return name;
  }

  /** As `let`, for an index expression; numbers stay numbers. */
  index(index: Ix, hint = 'i'): Ix {
    return typeof index === 'number' ? index : this.let(index, hint);
  }

  /** A block with a head such as `if (…)` or `for (…)`. */
  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.#indent++;
    body();
    this.#indent--;
    this.line('}');
  }

  /** Emits only where the condition is not known to be false; without a test where it is known to be true. */
  when(condition: boolean | string, body: () => void): void {
    if (condition === false) return;
    if (condition === true) body();
    else this.block(`if (${condition})`, body);
  }

  /** `for` over 0 ≤ i < count; a loop of one round is written out. */
  loop(count: Ix, hint: string, body: (i: Ix) => void): void {
    if (count === 1) {
      body(0);
      return;
    }
    const i = this.name(hint);
    this.block(`for (var ${i} = 0u; ${i} < ${typeof count === 'number' ? `${count}u` : count}; ${i}++)`, () => body(i));
  }

  /** Emits a function of its own; `body` returns the expression of its result, if it has one. */
  func(name: string, parameters: string, result: string, body: () => string | undefined): void {
    const outer = this.#lines.splice(0);
    const indent = this.#indent;
    this.#indent = 1;
    const value = body();
    if (value !== undefined) this.line(`return ${value};`);
    const lines = this.#lines.splice(0);
    this.#lines.push(...outer);
    this.#indent = indent;
    this.global(`fn ${name}(${parameters})${result ? ` -> ${result}` : ''} {\n${lines.join('\n')}\n}`);
  }

  /** The finished module; the entry point is `main`. */
  print(workgroupSize: number): string {
    const head = Object.entries(EXTENSIONS).flatMap(([feature, name]) =>
      this.features.has(feature as ShaderFeature) ? [`enable ${name};`] : [],
    );
    head.push(...this.#directives);
    if (this.params.length > 0) {
      head.push(`struct Params { ${this.params.map((_, i) => `d${i}: u32`).join(', ')} }`);
      head.push(`@group(0) @binding(${this.bindings.length}) var<uniform> p: Params;`);
    }
    this.bindings.forEach(({ name, kind, element }, i) => {
      head.push(`@group(0) @binding(${i}) var<storage, ${kind}> ${name}: array<${element}>;`);
    });
    const builtins =
      '@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) wgs: vec3u, @builtin(local_invocation_index) lid: u32';
    return [
      ...head,
      ...this.#globals,
      `@compute @workgroup_size(${workgroupSize})`,
      `fn main(${builtins}) {`,
      '  let group = wg.y * wgs.x + wg.x;',
      ...this.#lines,
      '}',
      '',
    ].join('\n');
  }
}

/** A dim as the difference of what it adds and what it takes away. */
function signedParts({ terms, constant }: DimExpr): [Dim, Dim] {
  const part = (sign: 1 | -1): Dim => {
    const own = terms.filter(({ coefficient }) => coefficient * sign > 0);
    const rest = constant * sign > 0 ? constant : 0;
    return own.length === 0 ? rest : new DimExpr(own, rest);
  };
  return [part(1), mul(part(-1), -1)];
}
