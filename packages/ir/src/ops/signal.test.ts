import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import type { Value } from '../graph.ts';
import { printType } from '../tensor.ts';

const type = (value: Value) => printType(value.type);
const start = () => {
  const b = new GraphBuilder('g');
  return { b, n: (value: number) => b.constant('int64', [], [value]) };
};

describe('signals', () => {
  it('have symbolic sizes', () => {
    const { b, n } = start();
    const x = b.input('x', 'float32', ['N', 'T', 1]);
    expect(type(b.DFT(x))).toBe('float32[N,T,2]');
    expect(type(b.DFT(x, null, n(0)))).toBe('float32[N,T,2]');
    expect(type(b.DFT(x, null, null, { onesided: 1 }))).toBe('float32[N,floor((T)/(2))+1,2]');
    const spectrum = b.input('s', 'float32', ['N', 'F', 2]);
    expect(type(b.DFT(spectrum, null, null, { onesided: 1, inverse: 1 }))).toBe('float32[N,2*F-2,1]');
    expect(type(b.DFT(spectrum, n(31), null, { onesided: 1, inverse: 1 }))).toBe('float32[N,31,1]');
    const window = b.constant('float32', [400], new Array(400).fill(1));
    expect(type(b.STFT(x, n(160), window))).toBe('float32[N,floor((T+80)/(160))-2,201,2]');
    expect(type(b.STFT(x, n(160), null, n(400), { onesided: 0 }))).toBe('float32[N,floor((T+80)/(160))-2,400,2]');
    expect(type(b.HannWindow(n(400), { output_datatype: 'float16' }))).toBe('float16[400]');
    const rate = b.input('rate', 'int64', []);
    const edge = b.input('edge', 'float32', []);
    expect(type(b.MelWeightMatrix(n(80), n(400), rate, edge, edge))).toBe('float32[201,80]');
  });

  it('name what is wrong', () => {
    const { b, n } = start();
    const x = b.input('x', 'float32', [2, 100, 1]);
    expect(() => b.DFT(x, null, n(2))).toThrow('axis 2 of a signal of [2,100,1]');
    expect(() => b.DFT(b.input('y', 'float32', [2, 3]))).toThrow('whose last axis is not 1 (real) or 2 (complex)');
    expect(() => b.DFT(x, null, null, { inverse: 1, onesided: 1 })).toThrow('is not complex');
    expect(() => b.STFT(x, n(0), null, n(10))).toThrow('a step of 0');
    expect(() => b.STFT(x, n(5), null, n(200))).toThrow('frames of 200 of a signal of 100 samples');
    expect(() => b.STFT(b.input('c', 'float32', [2, 100, 2]), n(5), null, n(10))).toThrow('Set onesided to 0');
    expect(() => b.HannWindow(n(-1))).toThrow('a size of -1');
  });
});
