// The 16-bit floats, as bits: float16 (IEEE binary16) and bfloat16. Both ways, rounded once, to nearest even.

interface Format {
  readonly mantissa: number;
  /** Exponent of the smallest normal number. */
  readonly least: number;
  /** From here on numbers round to infinity. */
  readonly overflow: number;
  readonly infinity: number;
  readonly nan: number;
}

const FLOAT16: Format = { mantissa: 10, least: -14, overflow: 65520, infinity: 0x7c00, nan: 0x7e00 };
const BFLOAT16: Format = {
  mantissa: 7,
  least: -126,
  overflow: (2 - 2 ** -8) * 2 ** 127,
  infinity: 0x7f80,
  nan: 0x7fc0,
};

/** Bits of the nearest float16. */
export function toFloat16(value: number): number {
  return encode(value, FLOAT16);
}

/** Bits of the nearest bfloat16. */
export function toBfloat16(value: number): number {
  return encode(value, BFLOAT16);
}

/** The value of a float16's bits. */
export function fromFloat16(bits: number): number {
  const magnitude = bits & 0x7fff;
  const exponent = magnitude >> 10;
  const fraction = magnitude & 0x3ff;
  let value: number;
  if (exponent === 31) value = fraction ? Number.NaN : Number.POSITIVE_INFINITY;
  else value = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * POWERS[exponent]!;
  return bits & 0x8000 ? -value : value;
}

/** The value of a bfloat16's bits: the upper half of a float32's. */
export function fromBfloat16(bits: number): number {
  word[0] = bits << 16;
  return single[0]!;
}

/** 2^(exponent − 25), by biased float16 exponent. */
const POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

const bytes = new DataView(new ArrayBuffer(8));

function encode(value: number, format: Format): number {
  if (Number.isNaN(value)) return format.nan;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= format.overflow) return sign | format.infinity;
  bytes.setFloat64(0, magnitude);
  const exponent = Math.max((bytes.getUint16(0) >> 4) - 1023, format.least);
  // The number in units of its last place; adding and taking away 2^52 rounds it to an integer, halves to even.
  const units = magnitude * 2 ** (format.mantissa - exponent) + 2 ** 52 - 2 ** 52;
  // A carry out of the mantissa goes to the exponent by itself; below the normal numbers the exponent field is 0.
  return sign | (units + (exponent - format.least) * 2 ** format.mantissa);
}
