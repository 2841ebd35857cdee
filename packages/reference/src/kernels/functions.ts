// Functions of one number that JavaScript's Math lacks.

/**
 * The error function, to about 1e-15. Below 3 the series of Abramowitz and Stegun 7.1.6, whose terms are all of one sign;
 * from there the continued fraction 7.1.14 of the complement.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (a >= 6) return Math.sign(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * TWO_OVER_ROOT_PI * Math.exp(-a * a) * sum;
  }
  let fraction = a;
  for (let k = 40; k > 0; k--) fraction = a + k / 2 / fraction;
  return Math.sign(x) * (1 - ((TWO_OVER_ROOT_PI / 2) * Math.exp(-a * a)) / fraction);
}

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** The nearest integer, halves to even. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  // Keeps −0, NaN and infinities as they are.
  return rest === 0.5 ? floor + (Math.abs(floor) % 2) : x;
}
