import type { LogRecord } from '@trtx/errors';
import { GraphBuilder, parseProfile } from '@trtx/ir';
import { expect, it } from 'vitest';
import { type BuildOptions, build } from './build.ts';
import { matmulGraph } from './testing/models.ts';

function recordsOf(graph = matmulGraph(2), options: BuildOptions = {}): LogRecord[] {
  const records: LogRecord[] = [];
  build(graph, { ...options, logger: (record) => records.push(record) });
  return records;
}

it('tells a logger of target, passes, tactics and memory', () => {
  const records = recordsOf();
  const infos = records.filter(({ severity }) => severity === 'info').map(({ message }) => message);
  expect(infos).toEqual([
    'built for a device with no optional feature',
    expect.stringMatching(/^optimized: \d+ nodes to \d+$/),
    expect.stringMatching(/^1 dispatches, \d+ bytes of weights, \d+ bytes for intermediate tensors/),
    expect.stringMatching(/^an engine file of \d+ bytes$/),
  ]);
  expect(records.find(({ message }) => message.startsWith('tactic '))).toMatchObject({
    severity: 'verbose',
    kernel: expect.stringMatching(/^matmul\./),
    node: expect.stringContaining('MatMul'),
  });
  expect(records.some(({ message, ms }) => message.startsWith('pass ') && ms !== undefined)).toBe(true);
});

it('warns of what the host computes at each run', () => {
  const b = new GraphBuilder('texts');
  b.output('y', b.StringConcat(b.input('x', 'string', [2]), b.input('z', 'string', [2])));
  const warnings = recordsOf(b.graph).filter(({ severity }) => severity === 'warning');
  expect(warnings).toMatchObject([{ message: expect.stringMatching(/^StringConcat is on the host: /) }]);
  expect(warnings[0]!.node).toBeTruthy();
});

it('tells of a fault of @trtx itself, which is thrown too', () => {
  const records: LogRecord[] = [];
  const onOptimized = () => {
    throw new RangeError('not foreseen');
  };
  expect(() => build(matmulGraph(2), { onOptimized, logger: (record) => records.push(record) })).toThrow(
    'not foreseen',
  );
  expect(records.at(-1)).toEqual({ severity: 'internal-error', message: 'RangeError: not foreseen' });
});

it('says of which profile a record is', () => {
  const profiles = [{ name: 'one', shapes: parseProfile('x:1x3') }, { shapes: parseProfile('x:{2..8}x3') }];
  const prefixes = recordsOf(matmulGraph(), { profiles }).map(({ message }) => message.split(':')[0]);
  expect(new Set(prefixes.filter((text) => text!.startsWith('profile ')))).toEqual(
    new Set(['profile one', 'profile 1']),
  );
});
