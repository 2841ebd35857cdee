import { parseEngine, profilesOf } from '@trtx/engine';
import { parseProfile, printGraph } from '@trtx/ir';
import { expect, it } from 'vitest';
import { type BuildProgress, build, bytesOf } from './build.ts';
import { matmulGraph } from './testing/models.ts';

const shapes = (spec: string) => ({ shapes: parseProfile(spec) });
const [small, large] = [shapes('x:{1..4}x3'), { name: 'large', ...shapes('x:{5..64}x3') }];

it('builds each profile from the graph, which stays as it is', () => {
  const graph = matmulGraph();
  const before = printGraph(graph);
  const { plan, file } = build(graph, { profiles: [small, large] });
  expect(printGraph(graph)).toBe(before);
  const read = profilesOf(parseEngine(bytesOf(file)).plan);
  expect(read.map(({ profile }) => profile)).toEqual([undefined, 'large']);
  expect(read.map(({ symbols }) => symbols)).toMatchObject([[{ min: 1, max: 4 }], [{ min: 5, max: 64 }]]);
  expect(plan.blobs).toHaveLength(1);
  for (const { modules, sourceNodes } of read) {
    expect(modules).toEqual(plan.modules);
    expect(sourceNodes).toEqual(plan.sourceNodes);
  }
});

it('makes the same bytes each time, and with one profile those of an engine that has no others', () => {
  const bytes = (profiles: Parameters<typeof build>[1]) => bytesOf(build(matmulGraph(), profiles).file);
  expect(bytes({ profiles: [small, large] })).toEqual(bytes({ profiles: [small, large] }));
  expect(bytes({ profiles: [small] })).toEqual(bytes({ profile: small.shapes }));
});

it('tells the progress and the errors of each profile with its name', () => {
  const seen: BuildProgress[] = [];
  build(matmulGraph(), { profiles: [small, large], onProgress: (progress) => seen.push(progress) });
  expect([...new Set(seen.map(({ label }) => label.split(':')[0]))].slice(0, 2)).toEqual(['0', 'large']);
  expect(() => build(matmulGraph(), { profiles: [small, { name: 'wide', ...shapes('x:1x4') }] })).toThrow(
    expect.objectContaining({
      code: 'PROFILE',
      place: { tensor: 'x' },
      summary: expect.stringMatching(/^profile wide: /),
    }),
  );
});

it.each([
  [{ profiles: [] }, /no profile/],
  [{ profiles: [large, large] }, /called large/],
  [{ profiles: [{ ...small, name: '1' }, small] }, /called 1/],
  [{ profiles: [small], profile: small.shapes }, /beside/],
])('refuses %j', (options, message) => {
  expect(() => build(matmulGraph(), options)).toThrow(message);
});
