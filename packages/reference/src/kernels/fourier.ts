// The discrete Fourier transform of a vector, split by the prime factors of its length (Cooley and Tukey, 1965).

/** A vector of complex numbers. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function complex(length: number): Complex {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}

/** Transforms vectors of one length: forward without a factor, inverse with 1/length. */
export function fourierTransform(length: number, inverse: boolean): (x: Complex) => Complex {
  const roots = complex(length);
  for (let i = 0; i < length; i++) {
    const angle = ((inverse ? 2 : -2) * Math.PI * i) / length;
    roots.re[i] = Math.cos(angle);
    roots.im[i] = Math.sin(angle);
  }
  return (x) => {
    const out = complex(length);
    if (length > 0) split(x, 0, 1, out, 0, length, roots);
    if (inverse) for (const part of [out.re, out.im]) for (let i = 0; i < length; i++) part[i] = part[i]! / length;
    return out;
  };
}

/** The transform of x[at], x[at + step], ... to n places of `out`: p transforms of n/p elements, then their sums. */
function split(x: Complex, at: number, step: number, out: Complex, to: number, n: number, roots: Complex): void {
  if (n === 1) {
    out.re[to] = x.re[at]!;
    out.im[to] = x.im[at]!;
    return;
  }
  const p = smallestFactor(n);
  const m = n / p;
  for (let r = 0; r < p; r++) split(x, at + r * step, step * p, out, to + r * m, m, roots);
  const all = roots.re.length;
  const sums = complex(p);
  for (let k = 0; k < m; k++) {
    for (let q = 0; q < p; q++) {
      let [re, im] = [0, 0];
      for (let r = 0; r < p; r++) {
        const root = (((r * (k + q * m)) % n) * all) / n;
        const [c, s] = [roots.re[root]!, roots.im[root]!];
        const [a, b] = [out.re[to + r * m + k]!, out.im[to + r * m + k]!];
        re += a * c - b * s;
        im += a * s + b * c;
      }
      sums.re[q] = re;
      sums.im[q] = im;
    }
    for (let q = 0; q < p; q++) {
      out.re[to + q * m + k] = sums.re[q]!;
      out.im[to + q * m + k] = sums.im[q]!;
    }
  }
}

/** About the multiplications of a transform: each element is in a sum for each prime factor. */
export function transformSteps(length: number): number {
  let sum = 0;
  for (let rest = length; rest > 1; rest /= smallestFactor(rest)) sum += smallestFactor(rest);
  return 96 * length * sum;
}

function smallestFactor(n: number): number {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p;
  return n;
}
