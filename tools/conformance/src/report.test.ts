import { describe, expect, it } from 'vitest';
import { briefly, lineOf, reportOf, summaryOf } from './report.ts';

const passed = { gpuNodes: 2, hostNodes: 0, milliseconds: 3 };
const unsupported = (node: string) =>
  `UNSUPPORTED_NODES: 2 node(s) cannot be computed on the GPU (node ${node} (LSTM))\n  - ${node} (LSTM): input is float8e5m2\n  hint: …`;
const results = [
  { case: 'a', ...passed, plain: true, gpuNodes: 3 },
  { case: 'b', ...passed, plain: true, gpuNodes: 0, hostNodes: 1, reason: unsupported('n_1') },
  { case: 'c', ...passed, gpuNodes: 0, reason: unsupported('other') },
  { case: 'd', ...passed, reason: 'output y: 3 of 4 elements differ: [0] is 1 where 2 is expected' },
  { case: 'e', ...passed, gpuNodes: 0, reason: 'the case has no data', skipped: true },
  { case: 'f', ...passed, gpuNodes: 0 },
];

describe('report', () => {
  it('counts, and tells why', () => {
    const report = reportOf(results);
    expect(report).toMatchObject({ total: 6, passed: 2, gpuNodes: 5, hostNodes: 1 });
    expect(report.plain).toEqual({ gpuNodes: 3, hostNodes: 1, share: 0.75 });
    expect(reportOf([]).plain.share).toBe(1);
    expect(report.failed.map(({ case: name }) => name)).toEqual(['b', 'c', 'd']);
    expect(report.skipped).toEqual([{ case: 'e', reason: 'the case has no data' }]);
  });

  it('groups reasons that differ in names and numbers', () => {
    expect(summaryOf(reportOf(results))).toMatchInlineSnapshot(`
      "    2  UNSUPPORTED_NODES: # node(s) cannot be computed on the GPU (LSTM): input is float8e5m2  (b, c)
          1  output y: # of # elements differ: …  (d)
          1  the case has no data  (e)
      2 of 6 passed, 3 failed, 1 skipped
      nodes: 5 on the GPU, 1 on the host
      nodes of plain types: 3 on the GPU, 1 on the host (75.0 % on the GPU)"
    `);
  });

  it('says of each case where it ran', () => {
    expect(results.map(lineOf).map((line) => line.split('  ').slice(0, 4).join('  '))).toEqual([
      'passed  a  3 ms  wholly on the GPU',
      'failed  b  3 ms  no node on the GPU',
      'failed  c  3 ms  no node on the GPU',
      'failed  d  3 ms  wholly on the GPU',
      'skipped  e  3 ms  no node on the GPU',
      'passed  f  3 ms  done at build',
    ]);
    expect(briefly(unsupported('x'))).toMatch(/on the GPU .*: x \(LSTM\): input is float8e5m2$/);
  });
});
