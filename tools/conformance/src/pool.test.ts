import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCases } from './pool.ts';

const worker = fileURLToPath(new URL('./testing/faulty-worker.mjs', import.meta.url));

describe('runCases', () => {
  it('outlives cases that crash their process or hang it', async () => {
    const names = ['a', 'crash', 'b', 'hang', 'c', 'fail', 'd'];
    const cases = names.map((name) => ({ name, model: '', dataSets: [] }));
    const results = await runCases(cases, { backend: 'reference', jobs: 1, timeout: 2, worker });
    expect(results.map(({ case: name }) => name)).toEqual(names);
    expect(results.map(({ gpuNodes }) => gpuNodes)).toEqual([1, 0, 1, 0, 1, 2, 3]);
    const reasons = results.map(({ reason }) => reason);
    expect(reasons[1]).toMatch(/^the process ended with status 7\n.*a last word/);
    expect(reasons[3]).toMatch('not done after 2 s');
    expect(reasons[5]).toBe('it fails');
    expect([0, 2, 4, 6].map((i) => reasons[i])).toEqual([undefined, undefined, undefined, undefined]);
  });
});
