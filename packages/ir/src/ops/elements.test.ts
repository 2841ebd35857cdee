import { expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { type ElementType, printType } from '../tensor.ts';
import { printGraph } from '../text.ts';
import { parseGraph } from '../text-parse.ts';
import { joinElements } from './elements.ts';
import { standardOps } from './index.ts';

it('what is known of the values in a sequence does not depend on their order', () => {
  const shapes = [undefined, [2], [4], [2, 3]];
  const joined = (order: readonly number[]) =>
    printType(order.map((i): ElementType => ({ dtype: 'float32', shape: shapes[i] })).reduce(joinElements));
  expect([joined([0, 1]), joined([1, 0])]).toEqual(['float32[2]', 'float32[2]']);
  expect([joined([1, 2]), joined([0, 1, 2, 0])]).toEqual(['float32[?]', 'float32[?]']);
  for (const order of [
    [1, 3],
    [3, 1],
    [1, 3, 2],
    [3, 1, 1],
    [1, 1, 3],
    [0, 3, 1, 0, 1],
  ])
    expect(joined(order)).toBe('float32[...]');
});

it('values of different numbers of axes have no shape known, also in text', () => {
  const b = new GraphBuilder('g');
  const inputs = [[2], [2, 3], [4]].map((shape, i) => b.input(`x${i}`, 'float32', shape));
  const sequence = b.SequenceConstruct(inputs);
  const first = b.constant('int64', [], [0]);
  b.output('y', b.SequenceInsert(sequence, inputs[0]!));
  const text = printGraph(b.graph);
  expect(text).toContain('sequence(float32[...])');
  expect(printGraph(parseGraph(text, standardOps))).toBe(text);
  expect(() => b.SequenceAt(sequence, first)).toThrow(
    /^SHAPE: the number of axes of what is in the sequence is not known/,
  );
});
