// Functions that WGSL lacks, or whose built-in form does not do what ir/scalar.ts says: built-ins may be off by 2⁻¹¹ (sin),
// know no infinities (log of SwiftShader is −88 at 0) and may take NaN for any number. Each is WGSL text that is declared
// once in a module that calls it.

import type { Shader } from './shader.ts';

const FUNCTIONS: Readonly<Record<string, { needs?: readonly string[]; text: string }>> = {
  is_nan: { text: 'fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }' },
  is_inf: { text: 'fn is_inf(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }' },
  // A constant NaN or infinity is an error in WGSL; bits that pass through a variable are not.
  nan: { text: 'var<private> nan_bits: u32 = 0x7fc00000u;\nfn nan() -> f32 { return bitcast<f32>(nan_bits); }' },
  inf: { text: 'var<private> inf_bits: u32 = 0x7f800000u;\nfn inf() -> f32 { return bitcast<f32>(inf_bits); }' },

  /**
   * As `max` and `min`, but NaN where either side is: comparisons keep a NaN on the left, and its bits tell one on the
   * right. Comparisons alone would not do, since drivers make `max` of them.
   */
  maximum: {
    needs: ['is_nan'],
    text: 'fn maximum(a: f32, b: f32) -> f32 { return select(a, b, (b > a) | is_nan(b)); }',
  },
  minimum: {
    needs: ['is_nan'],
    text: 'fn minimum(a: f32, b: f32) -> f32 { return select(a, b, (b < a) | is_nan(b)); }',
  },
  signum: { text: 'fn signum(x: f32) -> f32 { return select(select(x, -1.0f, x < 0.0f), 1.0f, x > 0.0f); }' },
  exponential: { needs: ['is_nan'], text: 'fn exponential(x: f32) -> f32 { return select(exp(x), x, is_nan(x)); }' },
  logarithm: {
    needs: ['nan', 'inf'],
    text: `fn logarithm(x: f32) -> f32 {
  if (x > 0.0f && x < inf()) { return log(x); }
  return select(select(nan(), -inf(), x == 0.0f), x, x > 0.0f);
}`,
  },

  /**
   * A quotient by a constant, which is not to be seen as one: SwiftShader would multiply by its reciprocal, a unit in the
   * last place off, and a scale of a quantization that is off moves codes. (NaN by itself is NaN.)
   */
  divided: {
    needs: ['is_nan'],
    text: 'fn divided(x: f32, by: f32) -> f32 { return x / select(by, x, is_nan(x)); }',
  },

  /** Cephes' sinf and cosf (Moshier, 1992): reduced by multiples of π/2 in three parts, then a polynomial. */
  sine_part: {
    text: `fn sine_part(x: f32, quarters: i32) -> f32 {
  let whole = round(x * 0.636619772f);
  let r = ((x - whole * 1.5703125f) - whole * 4.837512969970703125e-4f) - whole * 7.549789954891882e-8f;
  let s = r * r;
  let sine = r + r * s * (-1.6666654611e-1f + s * (8.3321608736e-3f + s * -1.9515295891e-4f));
  let cosine = 1.0f - 0.5f * s + s * s * (4.166664568298827e-2f + s * (-1.388731625493765e-3f + s * 2.443315711809948e-5f));
  let quadrant = i32(whole) + quarters;
  let value = select(sine, cosine, (quadrant & 1) == 1);
  return select(value, -value, (quadrant & 2) == 2);
}`,
  },
  /**
   * Cosine and sine of m/n of a turn, m < n < 2¹⁶: exact at quarters, and the same but for signs at places that mirror each
   * other, so that sums over a period cancel.
   */
  root_of_unity: {
    needs: ['sine_part'],
    text: `fn root_of_unity(m: u32, n: u32) -> vec2<f32> {
  let quarters = (8u * m + n) / (2u * n);
  let x = f32(i32(4u * m) - i32(quarters * n)) / f32(n) * 1.57079632679f;
  let root = vec2<f32>(sine_part(x, 1), sine_part(x, 0));
  let turned = select(root, vec2<f32>(-root.y, root.x), (quarters & 1u) == 1u);
  return select(turned, -turned, (quarters & 2u) == 2u);
}`,
  },
  // Past 2¹⁷ the three parts are no longer exact; the built-in function knows no more, but stays between −1 and 1.
  sine: {
    needs: ['sine_part', 'nan', 'inf'],
    text: `fn sine(x: f32) -> f32 {
  if (abs(x) < 1e-4f) { return x; }
  if (abs(x) < 131072.0f) { return sine_part(x, 0); }
  return select(nan(), sin(x), abs(x) < inf());
}`,
  },
  cosine: {
    needs: ['sine_part', 'nan', 'inf'],
    text: `fn cosine(x: f32) -> f32 {
  if (abs(x) < 131072.0f) { return sine_part(x, 1); }
  return select(nan(), cos(x), abs(x) < inf());
}`,
  },
  tangent: { needs: ['sine', 'cosine'], text: 'fn tangent(x: f32) -> f32 { return sine(x) / cosine(x); }' },

  arc_cosine: {
    text: `fn arc_cosine(x: f32) -> f32 {
  return select(1.57079632679f - asin(x), 2.0f * asin(sqrt(0.5f - 0.5f * x)), x > 0.5f);
}`,
  },

  // Built-ins compute these by exponentials, which overflow, and cancel near 0: there their series do.
  hyperbolic_tangent: {
    needs: ['is_nan'],
    text: `fn hyperbolic_tangent(x: f32) -> f32 {
  let far = select(tanh(clamp(x, -15.0f, 15.0f)), x, is_nan(x));
  let s = x * x;
  return select(far, x * (1.0f + s * (-0.333333333f + s * 0.133333333f)), s < 0.02f);
}`,
  },
  hyperbolic_sine: {
    needs: ['exponential'],
    text: `fn hyperbolic_sine(x: f32) -> f32 {
  let s = x * x;
  if (s < 0.25f) { return x * (1.0f + s * (0.166666667f + s * (0.00833333333f + s * 0.000198412698f))); }
  let e = exponential(0.5f * abs(x));
  let size = 0.5f * e * e - 0.5f / e / e;
  return select(size, -size, x < 0.0f);
}`,
  },
  hyperbolic_cosine: {
    needs: ['exponential'],
    text: `fn hyperbolic_cosine(x: f32) -> f32 {
  let e = exponential(0.5f * abs(x));
  return 0.5f * e * e + 0.5f / e / e;
}`,
  },
  area_sine: {
    needs: ['logarithm'],
    text: `fn area_sine(x: f32) -> f32 {
  let a = abs(x);
  let s = x * x;
  if (a < 0.2f) { return x * (1.0f + s * (-0.166666667f + s * (0.075f + s * -0.0446428571f))); }
  let far = logarithm(a) + 0.69314718056f;
  let size = select(logarithm(a + sqrt(s + 1.0f)), far, a > 1e9f);
  return select(size, -size, x < 0.0f);
}`,
  },
  area_cosine: {
    needs: ['logarithm', 'nan'],
    text: `fn area_cosine(x: f32) -> f32 {
  if (!(x >= 1.0f)) { return nan(); }
  return select(logarithm(x + sqrt(x * x - 1.0f)), logarithm(x) + 0.69314718056f, x > 1e9f);
}`,
  },
  area_tangent: {
    needs: ['logarithm', 'nan', 'inf'],
    text: `fn area_tangent(x: f32) -> f32 {
  if (x == 1.0f) { return inf(); }
  if (!(abs(x) <= 1.0f)) { return nan(); }
  let s = x * x;
  if (s < 0.04f) { return x * (1.0f + s * (0.333333333f + s * (0.2f + s * (0.142857143f + s * 0.111111111f)))); }
  return 0.5f * logarithm((1.0f + x) / (1.0f - x));
}`,
  },

  /**
   * erf by its Taylor series near 0 and by W. J. Cody's form exp(−x²)·P(t) elsewhere (Abramowitz and Stegun 7.1.26,
   * absolute error below 1.5e-7 in exact arithmetic).
   */
  erf: {
    text: `fn erf(x: f32) -> f32 {
  let a = abs(x);
  if (!(a >= 0.5f)) {
    let s = x * x;
    return x * 1.1283791671f * (1.0f + s * (-0.3333333333f + s * (0.1f + s * (-0.0238095238f + s * (0.0046296296f + s * (-0.000757575758f + s * 0.000106837607f))))));
  }
  let t = 1.0f / (1.0f + 0.3275911f * a);
  let poly = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
  return sign(x) * (1.0f - poly * exp(-a * a));
}`,
  },

  /** Exact: the remainder of halving multiples of the divisor, each of which is a float. */
  remainder: {
    needs: ['nan', 'inf'],
    text: `fn remainder(x: f32, y: f32) -> f32 {
  var a = abs(x);
  let b = abs(y);
  if (!(a < inf()) || !(b > 0.0f)) { return nan(); }
  if (b == inf()) { return x; }
  var t = b;
  while (t <= a * 0.5f) { t *= 2.0f; }
  while (t >= b) {
    if (a >= t) { a -= t; }
    t *= 0.5f;
  }
  return select(a, -a, (bitcast<u32>(x) >> 31u) == 1u);
}`,
  },
  modulo: {
    needs: ['remainder'],
    text: `fn modulo(x: f32, y: f32) -> f32 {
  let r = remainder(x, y);
  return select(r, r + y, (r != 0.0f) & ((r < 0.0f) != (y < 0.0f)));
}`,
  },

  /** As C's pow. WGSL's is undefined for a negative base, and as good as its logarithm at 0. */
  power: {
    needs: ['nan', 'inf', 'is_nan'],
    text: `fn power(x: f32, y: f32) -> f32 {
  if (y == 0.0f || x == 1.0f) { return 1.0f; }
  if (is_nan(x) || is_nan(y)) { return nan(); }
  let a = abs(x);
  let infinite = !(abs(y) < inf());
  let plain = a > 0.0f && a < inf() && !infinite;
  // Infinite where the size of the base and the exponent pull the same way.
  let far = select(select(0.0f, inf(), (a > 1.0f) == (y > 0.0f)), 1.0f, a == 1.0f);
  let size = select(far, pow(a, y), plain);
  if ((bitcast<u32>(x) >> 31u) == 0u) { return size; }
  let whole = infinite || floor(y) == y;
  if (plain && !whole) { return nan(); }
  let odd = whole && !infinite && abs(y) < 16777216.0f && (i32(abs(y)) & 1) == 1;
  return select(size, -size, odd);
}`,
  },
  /** Wraps around. */
  power_u32: {
    text: `fn power_u32(x: u32, y: u32) -> u32 {
  var result = 1u;
  var base = x;
  for (var left = y; left > 0u; left >>= 1u) {
    if ((left & 1u) == 1u) { result *= base; }
    base *= base;
  }
  return result;
}`,
  },
  power_i32: {
    needs: ['power_u32'],
    text: `fn power_i32(x: i32, y: i32) -> i32 {
  if (y < 0) { return select(select(0, select(1, -1, (y & 1) == 1), x == -1), 1, x == 1); }
  return i32(power_u32(u32(x), u32(y)));
}`,
  },

  /** Truncates and saturates; NaN gives 0. WGSL's conversion stops at the largest float below the limit. */
  to_i32: {
    needs: ['is_nan'],
    text: `fn to_i32(x: f32) -> i32 {
  return select(select(i32(x), 2147483647, x >= 2147483648.0f), 0, is_nan(x));
}`,
  },
  to_u32: {
    needs: ['is_nan'],
    text: `fn to_u32(x: f32) -> u32 {
  return select(select(u32(x), 4294967295u, x >= 4294967296.0f), 0u, is_nan(x));
}`,
  },

  // Of 64-bit integers that fit into 32: a result that does not raises a bit of the group's status, unless the bit is 0.
  // `raise` is declared where the status is bound.
  checked_add: {
    text: `fn checked_add(a: i32, b: i32, bit: u32) -> i32 {
  let sum = a + b;
  if (((a ^ sum) & (b ^ sum)) < 0) { raise(bit); }
  return sum;
}`,
  },
  checked_sub: {
    text: `fn checked_sub(a: i32, b: i32, bit: u32) -> i32 {
  let rest = a - b;
  if (((a ^ b) & (a ^ rest)) < 0) { raise(bit); }
  return rest;
}`,
  },
  /** From products of halves: one of the upper ones is 0, and what carries stays below. */
  checked_mul: {
    text: `fn checked_mul(a: i32, b: i32, bit: u32) -> i32 {
  let x = bitcast<u32>(abs(a));
  let y = bitcast<u32>(abs(b));
  let middle = (x >> 16u) * (y & 0xffffu) + (x & 0xffffu) * (y >> 16u);
  let lowest = (x & 0xffffu) * (y & 0xffffu);
  let size = lowest + (middle << 16u);
  let most = 0x7fffffffu + select(0u, 1u, (a ^ b) < 0);
  if (((x >> 16u) != 0u && (y >> 16u) != 0u) || middle > 0xffffu || size < lowest || size > most) { raise(bit); }
  return a * b;
}`,
  },
  checked_neg: {
    needs: ['checked_sub'],
    text: 'fn checked_neg(a: i32, bit: u32) -> i32 { return checked_sub(0, a, bit); }',
  },
  checked_abs: {
    needs: ['checked_sub'],
    text: 'fn checked_abs(a: i32, bit: u32) -> i32 { return select(a, checked_sub(0, a, bit), a < 0); }',
  },
  checked_div: {
    needs: ['checked_neg'],
    text: `fn checked_div(a: i32, b: i32, bit: u32) -> i32 {
  if (b == -1) { return checked_neg(a, bit); }
  return select(0, a / b, b != 0);
}`,
  },
  checked_pow: {
    needs: ['checked_mul', 'power_i32'],
    text: `fn checked_pow(x: i32, y: i32, bit: u32) -> i32 {
  if (y < 0) { return power_i32(x, y); }
  var result = 1;
  var base = x;
  for (var left = y; left > 0; left >>= 1u) {
    if ((left & 1) == 1) { result = checked_mul(result, base, bit); }
    if (left > 1) { base = checked_mul(base, base, bit); }
  }
  return result;
}`,
  },
  checked_cast: {
    needs: ['to_i32'],
    text: `fn checked_cast(x: f32, bit: u32) -> i32 {
  if (x >= 2147483648.0f || x < -2147483648.0f) { raise(bit); }
  return to_i32(x);
}`,
  },

  // 64-bit integers as two words, the low one first.
  widened: { text: 'fn widened(x: i32) -> vec2<u32> { return vec2<u32>(bitcast<u32>(x), bitcast<u32>(x >> 31u)); }' },
  wide_sum: {
    text: `fn wide_sum(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}`,
  },
  narrowed: {
    text: `fn narrowed(x: vec2<u32>, bit: u32) -> i32 {
  let low = bitcast<i32>(x.x);
  if (bitcast<u32>(low >> 31u) != x.y) { raise(bit); }
  return low;
}`,
  },
};

/** A call of a function of this file, declared with what it needs. */
export function call(shader: Shader, name: string, ...args: readonly string[]): string {
  declare(shader, name);
  return `${name}(${args.join(', ')})`;
}

function declare(shader: Shader, name: string): void {
  const { needs = [], text } = FUNCTIONS[name]!;
  for (const other of needs) declare(shader, other);
  shader.global(text);
}
