import { describe, expect, it } from 'vitest';
import { asNumbers, contentsOf } from './contents.ts';
import { standardOps } from './ops/index.ts';
import { constantFrom } from './tensor.ts';
import { parseGraph } from './text-parse.ts';

/** The contents of y, as text; undefined where they are not known. */
function contents(text: string, sizes = ''): string | undefined {
  const graph = parseGraph(`${sizes}input x: float32[N,3,H,32*W/32]\n${text}\noutput y`, standardOps);
  const known = graph.outputs[0]!.value.contents;
  return known && `[${known.dims}] ${known.values.join(' ')}`;
}

/** Contents of r as integers, where f is the shape of a small matrix as floats. */
function throughFloats(text: string): string | undefined {
  const graph = parseGraph(
    `symbol h: 1..64\nsymbol w: 1..64\ninput x: float32[h,w]
    s = Shape(x)\nf = Cast(s) { to: "float32" }\n${text}\ny = Cast(r) { to: "int64" }\noutput y`,
    standardOps,
  );
  const known = graph.outputs[0]!.value.contents;
  return known && `[${known.dims}] ${known.values.join(' ')}`;
}

describe('contents', () => {
  it('are those of a constant', () => {
    expect(contentsOf(constantFrom('int64', [2, 1], [3, -1]))).toEqual({ dims: [2, 1], values: [3, -1] });
    expect(contentsOf(constantFrom('bool', [2], [1, 0]))!.values).toEqual([1, 0]);
    expect(contentsOf(constantFrom('float32', [1], [3]))).toBeUndefined();
    expect(contentsOf(constantFrom('int32', [4097], new Array(4097).fill(0)))).toBeUndefined();
    const huge = contentsOf({ dtype: 'int64', dims: [1], read: () => new Uint8Array(8).fill(255, 0, 7).fill(127, 7) });
    expect(huge!.values[0]).toBeGreaterThan(2 ** 51);
  });

  it('flow through shape arithmetic', () => {
    expect(contents('y = Shape(x)')).toBe('[4] N 3 H 32*W/32');
    expect(contents('s = Shape(x)\ny = Gather(s, int64[] [-1])')).toBe('[] 32*W/32');
    expect(contents('s = Shape(x)\ny = Slice(s, int64[1] [2], int64[1] [9223372036854775807])')).toBe('[2] H 32*W/32');
    expect(contents('s = Shape(x)\na = Slice(s, int64[1] [-2], int64[1] [4])\ny = Mul(a, int64[2] [2, 1])')).toBe(
      '[2] 2*H 32*W/32',
    );
    expect(contents('s = Shape(x)\ny = Div(s, int64[] [8])')).toBe('[4] floor((N)/(8)) 0 floor((H)/(8)) 4*W/32');
    expect(contents('s = Shape(x)\ny = Concat(s, int64[1] [-1]) { axis: 0 }')).toBe('[5] N 3 H 32*W/32 -1');
    expect(contents('s = Shape(x)\ny = Unsqueeze(s, int64[1] [0])')).toBe('[1,4] N 3 H 32*W/32');
    expect(contents('s = Shape(x)\ny = Cast(s) { to: "int32" }')).toBe('[4] N 3 H 32*W/32');
    expect(contents('s = Size(x)\ny = Neg(s)')).toBe('[] -96*H*N*W/32');
  });

  it('decide what can be decided', () => {
    const filled = ['N', 'H', 'W/32'].map((name) => `symbol ${name}: 1..64\n`).join('');
    const of = (text: string, sizes = filled) => contents(`s = Shape(x)\n${text}`, sizes);
    expect(of('y = Equal(s, int64[] [3])')).toBeUndefined();
    expect(of('c = Gather(s, int64[1] [1])\ny = Equal(c, int64[] [3])')).toBe('[1] 1');
    expect(of('y = Greater(s, int64[] [0])')).toBe('[4] 1 1 1 1');
    expect(of('y = Greater(s, int64[] [0])', '')).toBeUndefined();
    expect(of('y = Less(s, int64[] [0])')).toBe('[4] 0 0 0 0');
    expect(of('w = Gather(s, int64[1] [3])\nc = Greater(w, int64[] [31])\ny = Where(c, w, int64[] [7])')).toBe(
      '[1] 32*W/32',
    );
    expect(of('n = Neg(s)\ny = Abs(n)')).toBe('[4] N 3 H 32*W/32');
    expect(of('y = Cast(s) { to: "bool" }')).toBe('[4] 1 1 1 1');
  });

  it('are unknown rather than wrong', () => {
    // Division that may round towards zero, remainders of what may be negative.
    expect(contents('s = Shape(x)\nn = Sub(s, int64[] [5])\ny = Div(n, int64[] [2])')).toBeUndefined();
    expect(contents('s = Shape(x)\nn = Sub(s, int64[] [5])\ny = Mod(n, int64[] [2])')).toBeUndefined();
    // Numbers that wrap around, or that no shape has.
    expect(contents('y = Cast(int64[1] [300]) { to: "uint8" }')).toBeUndefined();
    expect(contents('y = Cast(int64[1] [-1]) { to: "uint32" }')).toBeUndefined();
    expect(contents('y = Add(int32[1] [2147483647], int32[1] [1])')).toBeUndefined();
    expect(contents('y = Mul(int64[1] [9223372036854775807], int64[1] [9223372036854775807])')).toBeUndefined();
    expect(
      contents('s = Shape(x)\na = Gather(s, int64[] [2])\nb = Cast(a) { to: "int8" }\ny = Reshape(b, int64[1] [1])'),
    ).toBeUndefined();
    // Dims that may be past what floats hold exactly, and fractions of dims.
    expect(contents('s = Shape(x)\nf = Cast(s) { to: "float32" }\ny = Cast(f) { to: "int64" }')).toBeUndefined();
    expect(throughFloats('d = Div(f, float32[] [32])\nr = Ceil(d)')).toBeUndefined();
    expect(throughFloats('d = Mul(f, float32[] [0.5])\nr = Floor(d)')).toBeUndefined();
  });

  it('flow through floats', () => {
    const whole = (text: string) => contents(`${text}\ny = Cast(r) { to: "int64" }`);
    expect(whole('f = Cast(int64[1] [330]) { to: "float32" }\nd = Div(f, float32[] [32])\nr = Ceil(d)')).toBe('[1] 11');
    expect(whole('r = Div(float32[2] [-7, 7], float32[] [2])')).toBe('[2] -3 3');
    // 10 · 0.69999999 rounds to 7.
    expect(whole('d = Mul(float32[] [10], float32[] [0.7])\nr = Floor(d)')).toBe('[] 7');
    expect(whole('r = ReduceMax(float32[2] [2.5, 3.5]) { keepdims: 0 }')).toBe('[] 3');
    expect(whole('r = Div(float32[1] [1], float32[] [0])')).toBeUndefined();
    expect(throughFloats('d = Mul(f, float32[] [2])\nr = Floor(d)')).toBe('[2] 2*h 2*w');
  });

  it('round numbers towards zero', () => {
    expect(contents('y = Div(int64[2] [-7, 7], int64[] [2])')).toBe('[2] -3 3');
  });

  it('are numbers where all are', () => {
    expect(asNumbers({ dims: [2], values: [1, 2] })).toEqual([1, 2]);
    expect(asNumbers(undefined)).toBeUndefined();
  });
});
