import { type Kernel, standardKernels } from '@trtx/codegen';
import type { Plugin } from '@trtx/plugin';
import { type NodeDevice, requestNodeDevice } from '@trtx/runtime/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareStages, departingIn } from '../compare/stages.ts';
import { compareValues } from '../compare/values.ts';
import { builtSubject } from '../subjects/engine.ts';
import { referenceSubject } from '../subjects/reference.ts';
import { layersGraph, layersInput } from '../testing/models.ts';
import { findWrongTactics } from './find.ts';

let gpu: NodeDevice;
beforeAll(async () => {
  gpu = (await requestNodeDevice())!;
});
afterAll(() => gpu.release());

const right = standardKernels.find(({ id }) => id === 'matmul.direct')!;

/** Costs less than any other, and is 10 % too large where sums have 48 products. */
const wrong: Kernel = {
  ...right,
  id: 'planted',
  cost: (problem, params) => right.cost(problem, params) / 2,
  emit(e, problem, params) {
    const store = e.store.bind(e);
    if (problem.group.anchor!.inputs[0]!.type.shape.at(-1) === 48)
      e.store = (position, value) => store(position, `(${value} * 1.1f)`);
    return right.emit(e, problem, params);
  },
};
const planted: Plugin = {
  name: 'planted',
  version: '1.0.0',
  apiVersion: { ir: 1, kernels: 1 },
  kernels: [wrong],
};
const tolerance = { rtol: 1e-3, atol: 1e-4 };
const options = () => ({ device: gpu.device, software: gpu.isFallback, ...tolerance });

it('names the group that is wrong by itself, with tactics that are right, and clears those that follow', async () => {
  const graph = layersGraph();
  const report = await findWrongTactics(graph, layersInput, { ...options(), plugins: [planted], mostTactics: 3 });
  expect(report).toMatchObject({ departing: 2, right: 1, untried: [], departures: ['b'] });
  expect(report.wrong).toMatchObject([{ tensors: ['b', 'z'], nodes: ['second', 'add'], alike: 1 }]);
  const [own, other, third] = report.wrong[0]!.tactics;
  expect(own).toMatchObject({ verdict: 'wrong', tactic: expect.stringMatching(/^planted /) });
  expect(other).toMatchObject({ verdict: 'right', tactic: expect.stringMatching(/^matmul\./) });
  expect(third).toMatchObject({ verdict: 'wrong' });
});

it('finds nothing where nothing departs', async () => {
  const report = await findWrongTactics(layersGraph(), layersInput, options());
  expect(report).toMatchObject({ departing: 0, wrong: [], right: 0, untried: [], departures: [] });
});

it('compares an engine with the reference: where it departs, which dispatch, and what of the build is to blame', async () => {
  const graph = layersGraph();
  const built = await builtSubject(graph, { ...options(), plugins: [planted] });
  const reference = referenceSubject(graph);
  const report = await compareValues(built, reference, layersInput, { graph, ...tolerance });
  expect(report).toMatchObject({ ok: false, departures: ['b'] });
  expect(departingIn(report)).toMatchObject([
    { nodes: ['second'], maker: { nodes: ['second', 'add'], dispatch: 1, tactic: expect.stringMatching(/^planted /) } },
  ]);
  const { optimized } = built;
  const between = referenceSubject(optimized);
  const stages = await compareStages(built, reference, layersInput, {
    source: graph,
    optimized,
    between,
    ...tolerance,
  });
  expect(stages).toMatchObject({ blame: 'kernels', withoutEffect: [] });
  const some = await built.values(layersInput, ['b']);
  expect([...some.keys()]).toEqual(['b']);
  await built.dispose?.();
});
