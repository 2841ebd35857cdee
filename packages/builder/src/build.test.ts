import { readFile } from 'node:fs/promises';
import { inspectEngine, parseEngine } from '@trtx/engine';
import { GraphBuilder, parseProfile } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { type BuildProgress, build, bytesOf } from './build.ts';
import { matmulGraph } from './testing/models.ts';
import { BUILDER } from './version.ts';

describe('build', () => {
  it('makes an engine file of the plan that it gives', () => {
    const { plan, file } = build(matmulGraph(2));
    const bytes = bytesOf(file);
    expect(bytes.length).toBe(file.size);
    const parsed = parseEngine(bytes);
    expect(parsed.plan).toEqual(JSON.parse(JSON.stringify(plan)));
    expect(parsed.header.builder).toBe(BUILDER);
    expect(plan.requires).toEqual({ features: [], limits: {} });
  });

  it('makes the same bytes of the same graph', () => {
    const bytes = () => bytesOf(build(matmulGraph(), { profile: parseProfile('x:{1..8}x3') }).file);
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
  });

  it.each([0, 1, 2, 3] as const)('at O%i', (level) => {
    const summary = inspectEngine(build(matmulGraph(2), { level }).plan);
    expect(summary.inputs).toEqual([{ name: 'x', dtype: 'float32', storage: 'f32', shape: '[2, 3]' }]);
    expect(summary.outputs).toEqual([{ name: 'y', dtype: 'float32', storage: 'f32', shape: '[2, 4]' }]);
  });

  it('tells its progress, each stage to its end', () => {
    const seen: BuildProgress[] = [];
    build(matmulGraph(2), { onProgress: (progress) => seen.push(progress) });
    expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['optimize', 'kernels', 'write']);
    for (const stage of ['optimize', 'kernels', 'write']) {
      const { done, total } = seen.findLast((progress) => progress.stage === stage)!;
      expect(done).toBe(total);
    }
    expect(seen.every(({ done, total }) => done <= total)).toBe(true);
  });

  it('wants a range for every dynamic dimension', () => {
    expect(() => build(matmulGraph())).toThrow(
      expect.objectContaining({
        code: 'PROFILE_MISSING',
        place: { tensor: 'x' },
        details: ['x: [N, 3]'],
        hint: "Give one, for example --shapes 'x:{1..64}x3'; from 0 where there may be nothing, as in a cache at first.",
      }),
    );
  });

  it('reports every node that the host would have to compute', () => {
    const b = new GraphBuilder('strings');
    b.output('y', b.Identity(b.input('x', 'string', [2])));
    b.output('z', b.Identity(b.input('w', 'string', [2])));
    expect(() => build(b.graph, { noHost: true })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_NODES', message: expect.stringMatching(/x.*w/s) }),
    );
    expect(build(b.graph).plan.hostNodes).toMatchObject([
      { op: 'Identity', step: 0 },
      { op: 'Identity', step: 1 },
    ]);
  });
});

it('the builder names the version of its package', async () => {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(BUILDER).toBe(`trtx ${version}`);
});
