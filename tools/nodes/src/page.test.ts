import { expect, it } from 'vitest';
import { unfused } from './fused.ts';
import { nodesPage, type Row } from './page.ts';

const row = (model: string, own: number): Row => ({
  model,
  own: { opset: 17, before: 9, own, newest: 3, graph: new Map(Object.entries({ Gelu: 1, Add: 2 })) },
  basic: 5,
  extended: undefined,
});

it('keeps the rows of models that were not counted, in order', () => {
  const first = nodesPage([row('b', 4)], '', ['a', 'b']);
  expect(first.split('\n').slice(-3)).toEqual([
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    '| b | 17 | 9 | 4 | 3 | 3 | 5 | refused | 1 Gelu |',
    '',
  ]);
  const second = nodesPage([row('a', 6)], first, ['a', 'b']);
  expect(
    second
      .split('\n')
      .slice(-3)
      .map((line) => line.slice(0, 18)),
  ).toEqual(['| a | 17 | 9 | 6 |', '| b | 17 | 9 | 4 |', '']);
});

it('counts fused nodes as what they replaced', () => {
  const counts = (ops: Record<string, number>) => new Map(Object.entries(ops));
  const basic = counts({ Add: 3, LayerNormalization: 2 });
  expect(unfused(counts({ Add: 1, LayerNormalization: 3, 'com.microsoft::BiasGelu': 2 }), basic)).toBe(6 + 8 + 10);
  expect(() => unfused(counts({ 'com.microsoft::Odd': 1 }), basic)).toThrow('com.microsoft::Odd');
});
