import { expect, test } from 'vitest';
import { linesTable, timesTable } from './report.ts';
import { shapeRange, startStopwatch } from './stopwatch.ts';
import type { Net } from './tensor.ts';

const echo: Net = async (input) => input;

test('the stopwatch sees runs and ranges of shapes', async () => {
  const stopwatch = startStopwatch({ detector: echo, classifier: echo, recognizer: echo });
  stopwatch.onProgress({ stage: 'recognize', done: 0, total: 2 });
  for (const width of [320, 640, 480]) {
    await stopwatch.nets.recognizer({ data: new Float32Array(0), dims: [1, 3, 48, width] });
  }
  stopwatch.onProgress({ stage: 'recognize', done: 2, total: 2 });
  const [detect, rectify, , recognize] = stopwatch.times();
  expect(detect).toMatchObject({ stage: 'detect', milliseconds: 0, net: { runs: 0 } });
  expect(rectify).toEqual({ stage: 'rectify', milliseconds: 0, net: undefined });
  expect(recognize.net?.runs).toBe(3);
  expect(recognize.milliseconds).toBeGreaterThanOrEqual(recognize.net?.milliseconds ?? Infinity);
  expect(shapeRange(recognize.net?.dims ?? [])).toBe('1x3x48x320..640');
});

test('the tables line up', () => {
  const point = { x: 0, y: 0 };
  const quad = [point, point, point, point] as const;
  const lines = [
    { text: 'Corner Bakery', confidence: 0.9951, turned: false, quad },
    { text: '面包 $1', confidence: 1, turned: true, quad },
  ];
  expect(linesTable(lines)).toMatchInlineSnapshot(`
    "   text           confidence
    1  Corner Bakery       99.5%
    2  面包 $1            100.0%  upside down"
  `);
  const dims = [1, 3, 48].map((size) => ({ min: size, max: size }));
  const net = { runs: 11, milliseconds: 28.7, dims: [...dims, { min: 320, max: 992 }] };
  const stages = [
    { stage: 'rectify', milliseconds: 3.25 },
    { stage: 'recognize', milliseconds: 47.4, net },
  ] as const;
  expect(timesTable(281, stages)).toMatchInlineSnapshot(`
    "stage             ms  network ms  runs  input
    build          281.0
    rectify          3.3
    recognize       47.4        28.7    11  1x3x48x320..992
    all but build   50.6"
  `);
});
