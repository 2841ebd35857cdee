import { expect, test } from 'vitest';
import { progressOn, type StageLine } from './progress.ts';

/** What is told on a stream that is no terminal. */
function told(steps: readonly [stage: string, done: number, total: number, label: string][], line?: StageLine): string {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const progress = progressOn({ isTTY: false, write } as unknown as NodeJS.WriteStream, line);
  for (const step of steps) progress.show(...step);
  progress.end();
  return written.join('');
}

test('each stage is told once, with what it has to do', () => {
  expect(
    told([
      ['read', 0, 1, 'm.onnx'],
      ['kernels', 1, 3, 'a'],
      ['kernels', 2, 3, 'b'],
      ['weights', 0, 2_000_000, 'weights'],
    ]),
  ).toBe('trtx: read (m.onnx)\ntrtx: kernels (3)\ntrtx: weights (2.0 MB)\n');
});

test('a caller has its own lines, and none before there is something to tell', () => {
  expect(
    told(
      [
        ['net', 1, 3, 'kernels'],
        ['net', 1, 5, 'pipelines'],
        ['net', 2, 5, 'pipelines'],
      ],
      (stage, total, label) => (label === 'pipelines' ? `${stage}: ${total}` : undefined),
    ),
  ).toBe('net: 5\n');
});
