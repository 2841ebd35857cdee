import { expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { printType } from '../tensor.ts';

it('Einsum, Det and BitCast have symbolic sizes', () => {
  const b = new GraphBuilder('g');
  const q = b.input('q', 'float32', ['B', 'T', 8, 64]);
  const k = b.input('k', 'float32', ['B', 'S', 8, 64]);
  expect(printType(b.Einsum([q, k], { equation: 'bthd,bshd->bhts' }).type)).toBe('float32[B,8,T,S]');
  expect(printType(b.Einsum([q], { equation: '...d->...' }).type)).toBe('float32[B,T,8]');
  expect(() => b.Einsum([q, k], { equation: 'bthd,bsdh->bts' })).toThrow('dimensions 8 and 64 differ');
  expect(() => b.Einsum([q], { equation: 'a->b->c' })).toThrow('the equation a->b->c for 1 operands');
  expect(printType(b.Det(b.input('m', 'float32', ['N', 3, 3])).type)).toBe('float32[N]');
  expect(() => b.Det(q)).toThrow('dimensions 64 and 8 differ');
  expect(printType(b.BitCast(q, { to: 'int32' }).type)).toBe('int32[B,T,8,64]');
  expect(() => b.BitCast(q, { to: 'int64' })).toThrow('32 bits of float32 as 64 of int64');
});
