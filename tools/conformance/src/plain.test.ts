import { parseGraph, standardOps } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { isPlain } from './plain.ts';

const plain = (text: string) => isPlain(parseGraph(text, standardOps));

const choice = (type: string) => `
  input c: bool[]
  input x: int64[2]
  y = If(c, x)
  then_branch {
    input v: int64[2]
    w = Cast(v) { to: "${type}" }
    z = Cast(w) { to: "int8" }
    output z
  }
  else_branch {
    input v: int64[2]
    z = Cast(v) { to: "int8" }
    output z
  }
  output y`;

describe('a model is plain', () => {
  it('where all its tensors are of the types that every GPU has', () => {
    expect(plain('input x: float32[2]\ny = Cast(x) { to: "uint8" }\noutput y')).toBe(true);
    expect(plain(choice('float32'))).toBe(true);
  });

  it.each([
    ['an input that nothing reads', 'input x: string[1]'],
    ['a constant', 'y = Cast(float16[1] [1]) { to: "float32" }\noutput y'],
    ['a result on the way', 'input x: bool[2]\nw = Cast(x) { to: "float64" }\ny = Cast(w) { to: "bool" }\noutput y'],
    ['a result in a body', choice('uint32')],
  ])('unless %s is of another', (_, text) => {
    expect(plain(text)).toBe(false);
  });
});
