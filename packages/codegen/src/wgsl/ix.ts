// Index arithmetic as WGSL text: a number that is known now, or an expression of type u32. Folding happens here, so that
// kernels can be written for the general case and print as if written for the special one.
//
// Everything is u32 and wraps around, as unsigned arithmetic does: an index below zero is one past every size, so a
// single comparison tests both ends of a range.

export type Ix = number | string;

export function text(ix: Ix): string {
  return typeof ix === 'number' ? `${ix < 0 ? ix + 2 ** 32 : ix}u` : ix;
}

export function add(a: Ix, b: Ix): Ix {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  if (typeof b === 'number' && b < 0) return `(${text(a)} - ${text(-b)})`;
  return `(${text(a)} + ${text(b)})`;
}

export function sub(a: Ix, b: Ix): Ix {
  if (typeof b === 'number') return add(a, -b);
  return `(${text(a)} - ${text(b)})`;
}

export function mul(a: Ix, b: Ix): Ix {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return `(${text(a)} * ${text(b)})`;
}

/** The quotient of non-negative numbers. By 0, which sizes of empty tensors are, it is 0: WGSL refuses to say. */
export function div(a: Ix, b: Ix): Ix {
  if (b === 0) return 0;
  if (typeof a === 'number' && typeof b === 'number') return Math.floor(a / b);
  if (b === 1) return a;
  if (a === 0) return 0;
  return `(${text(a)} / ${text(b)})`;
}

/** The remainder of non-negative numbers; by 0 it is 0. */
export function mod(a: Ix, b: Ix): Ix {
  if (b === 0) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a % b;
  if (b === 1 || a === 0) return 0;
  return `(${text(a)} % ${text(b)})`;
}

export function minIx(a: Ix, b: Ix): Ix {
  if (typeof a === 'number' && typeof b === 'number') return Math.min(a, b);
  return `min(${text(a)}, ${text(b)})`;
}

/** The smaller or larger of two indices that may be below zero. */
export function signed(op: 'min' | 'max', a: Ix, b: Ix): Ix {
  if (typeof a === 'number' && typeof b === 'number') return Math[op](a, b);
  const side = (x: Ix) => (typeof x === 'number' ? `${x}i` : `i32(${x})`);
  return `u32(${op}(${side(a)}, ${side(b)}))`;
}

/** Σ aᵢ·bᵢ */
export function dot(a: readonly Ix[], b: readonly Ix[]): Ix {
  return a.reduce<Ix>((sum, x, i) => add(sum, mul(x, b[i]!)), 0);
}

/** `a < b` as a condition, or a boolean where it is known. */
export function less(a: Ix, b: Ix): boolean | string {
  if (b === 0) return false;
  if (typeof a === 'number' && typeof b === 'number' && a >= 0) return a < b;
  return `${text(a)} < ${text(b)}`;
}

/**
 * The conjunction of conditions; true where none is left. Not by `&&`, each of which is a branch to compilers: a tile of
 * them takes SwiftShader a minute and gigabytes.
 */
export function all(conditions: readonly (boolean | string)[]): boolean | string {
  if (conditions.includes(false)) return false;
  const open = conditions.filter((c) => c !== true);
  if (open.length <= 1) return open[0] ?? true;
  return open.map((c) => `(${c})`).join(' & ');
}
