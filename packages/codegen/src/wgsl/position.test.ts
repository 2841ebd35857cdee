import { dimOf, Sym } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { Position } from './position.ts';
import { Shader } from './shader.ts';

const N = dimOf(new Sym('N', 1, 8));

/** What a use of a position declares, and what it gives. */
function lines(use: (shader: Shader) => unknown): { result: unknown; code: string[] } {
  const shader = new Shader();
  const result = use(shader);
  const [, body] = shader.print(1).split('wg.x;\n');
  return {
    result,
    code: body!
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .map((line) => line.trim()),
  };
}

describe('from a number', () => {
  it('takes coordinates off the end', () => {
    expect(lines((s) => Position.linear([2, 3, 4], 'i').coords(s))).toEqual({
      result: ['q3', 'c2', 'c0'],
      code: ['let c0 = (i % 4u);', 'let q1 = (i / 4u);', 'let c2 = (q1 % 3u);', 'let q3 = (q1 / 3u);'],
    });
  });

  it('needs no division on axes of size 1', () => {
    expect(lines((s) => Position.linear([1, 5, 1], 'i').coords(s))).toEqual({
      result: [0, 'c0', 0],
      code: ['let c0 = (i % 5u);', 'let q1 = (i / 5u);'],
    });
    expect(lines((s) => Position.linear([5, 1], 'i').coords(s))).toEqual({ result: ['i', 0], code: [] });
  });

  it('divides by what the run tells', () => {
    expect(lines((s) => Position.linear([2, N], 'i').coords(s)).code).toEqual([
      'let c0 = (i % p.d0);',
      'let q1 = (i / p.d0);',
    ]);
  });

  it('folds where the number is known', () => {
    expect(lines((s) => Position.linear([2, 3], 5).coords(s))).toEqual({ result: [1, 2], code: [] });
  });

  it('computes once', () => {
    const { code } = lines((s) => {
      const position = Position.linear([2, 3], 'i');
      position.coords(s);
      position.coords(s);
      position.linear(s);
    });
    expect(code).toHaveLength(2);
  });
});

describe('from coordinates', () => {
  it('gives the row-major number', () => {
    expect(lines((s) => Position.at([2, 3, 4], ['a', 'b', 'c']).linear(s)).code).toEqual([
      'let l0 = ((((a * 3u) + b) * 4u) + c);',
    ]);
    expect(lines((s) => Position.at([2, 3], [1, 2]).linear(s))).toEqual({ result: 5, code: [] });
    expect(lines((s) => Position.at([], []).linear(s))).toEqual({ result: 0, code: [] });
  });
});

describe('broadcasting', () => {
  const at = Position.at([2, 3, 4], ['a', 'b', 'c']);

  it('stays where the shapes are the same', () => {
    expect(at.broadcast(new Shader(), [2, 3, 4])).toBe(at);
  });

  it('aligns the last axes, and stays at 0 where the size is 1', () => {
    expect(at.broadcast(new Shader(), [3, 1]).coords(new Shader())).toEqual(['b', 0]);
    expect(at.broadcast(new Shader(), [1, 1, 4]).coords(new Shader())).toEqual([0, 0, 'c']);
    expect(at.broadcast(new Shader(), []).coords(new Shader())).toEqual([]);
  });

  it('takes other axes where told', () => {
    expect(at.pick(new Shader(), [3], [1]).coords(new Shader())).toEqual(['b']);
  });
});

describe('a run of neighbours', () => {
  const coordsOf = (axis: number) =>
    lines((s) =>
      Position.linear([2, 8], 'i')
        .run(axis, 2)
        .map((lane) => lane.coords(s)),
    );

  it('differs in one coordinate, computed once', () => {
    expect(coordsOf(1)).toEqual({
      result: [
        ['q1', 'c0'],
        ['q1', '(c0 + 1u)'],
      ],
      code: ['let c0 = (i % 8u);', 'let q1 = (i / 8u);'],
    });
  });

  it('has numbers that follow one another', () => {
    const { result, code } = lines((s) =>
      Position.linear([2, 8], 'i')
        .run(1, 3)
        .map((lane) => lane.linear(s)),
    );
    expect([result, code]).toEqual([['i', '(i + 1u)', '(i + 2u)'], []]);
    const ordered = Position.ordered([2, 8, 3], [0, 2, 1], 'i').run(1, 2);
    expect(ordered.map((lane) => lane.numberIn([0, 2, 1]))).toEqual(['i', '(i + 1u)']);
    expect(ordered.map((lane) => lane.numberIn([0, 1, 2]))).toEqual([undefined, undefined]);
  });

  it('stays one in what broadcasts across the other axes, and is one place in what broadcasts along it', () => {
    const shader = new Shader();
    const lanes = Position.at([2, 8], ['r', 'c']).run(1, 2);
    const [a, b] = lanes.map((lane) => lane.broadcast(shader, [8]));
    expect([a!.lane?.number, b!.lane?.number, a!.lane?.start === b!.lane?.start]).toEqual([0, 1, true]);
    const [first, second] = lanes.map((lane) => lane.broadcast(shader, [2, 1]));
    expect(first).toBe(second);
  });
});
