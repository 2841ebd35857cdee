import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { deviationOf, readExpected, updateExpected } from './expected.ts';
import { reportOf } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'trtx-conformance-'));
const file = join(folder, 'expected.json');
afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

/** A report on cases by name: the reason, or undefined where they pass. */
function run(cases: Record<string, string | undefined>) {
  const results = Object.entries(cases).map(([name, reason]) => {
    return { case: name, reason, gpuNodes: 1, hostNodes: 0, milliseconds: 1 };
  });
  return { report: reportOf(results), ran: Object.keys(cases) };
}

describe('the list of cases that are not passed', () => {
  it('begins with all of them, with the first lines of the reasons, sorted', () => {
    const { report, ran } = run({ b: 'why\nhint', a: 'wrong', c: undefined });
    updateExpected('reference', report, ran, file);
    expect(readFileSync(file, 'utf8')).toBe('{\n  "reference": {\n    "a": "wrong",\n    "b": "why"\n  }\n}\n');
    expect(readExpected('webgpu', file)).toBeUndefined();
  });

  it('only shrinks', () => {
    const first = run({ a: 'wrong', b: 'why' });
    updateExpected('reference', first.report, first.ran, file);
    const next = run({ a: undefined, c: 'new' });
    updateExpected('reference', next.report, next.ran, file);
    expect(readExpected('reference', file)).toEqual({ b: 'why' });
  });

  it('is held against a run both ways', () => {
    const { report, ran } = run({ a: 'wrong', b: undefined, c: undefined, d: 'known' });
    expect(deviationOf(report, ran, { b: 'was wrong', d: 'known', e: 'not run' })).toEqual({
      unexpected: ['a'],
      stale: ['b'],
    });
  });
});
