import { expect, it } from 'vitest';
import { placeNodes } from './placement.ts';
import type { Plan } from './plan.ts';
import { hostPlan, samplePlan } from './testing/plan.ts';

it('tells where each node of the source model ended up, in its order', () => {
  const plan: Plan = {
    ...samplePlan,
    sourceNodes: [
      { node: 'Shape_1', op: 'Shape' },
      { node: 'Cast_1', op: 'Cast', built: 'fold-constants/constant-inputs' },
      { node: 'Add_1', op: 'Add' },
      { node: 'Add_2', op: 'com.example::Add' },
    ],
  };
  expect(placeNodes(plan)).toEqual([
    { node: 'Shape_1', op: 'Shape', place: 'build', reason: 'shapes are known on the host' },
    { node: 'Cast_1', op: 'Cast', place: 'build', reason: 'fold-constants/constant-inputs' },
    { node: 'Add_1', op: 'Add', place: 'gpu', reason: 'map 64' },
    { node: 'Add_2', op: 'com.example::Add', place: 'gpu', reason: 'gemm 8x8' },
  ]);
});

it('names the host steps, for what a node is in part on the host too', () => {
  const sourceNodes = [{ node: 'Pick_1', op: 'com.example::Pick' }];
  const host = { node: 'Pick_1', op: 'com.example::Pick', place: 'host', reason: 'no kernel', steps: [1] };
  expect(placeNodes({ ...hostPlan, sourceNodes })).toEqual([host]);
  const [dispatches, ...steps] = samplePlan.steps;
  if (dispatches?.kind !== 'dispatches') throw new Error('no dispatches');
  const both = dispatches.dispatches.map((dispatch) => ({ ...dispatch, nodes: ['Pick_1'] }));
  const plan = { ...hostPlan, sourceNodes, steps: [{ ...dispatches, dispatches: both }, ...steps] };
  expect(placeNodes(plan)).toEqual([host]);
});

it('tells what a plan without a list of nodes computes', () => {
  expect(placeNodes(samplePlan).map(({ node, place }) => `${node} ${place}`)).toEqual([
    'Add_1 gpu',
    'MatMul_2 gpu',
    'Add_2 gpu',
    'Shape_1 build',
  ]);
});

it('refuses a list that is none', () => {
  const bad = { ...samplePlan, sourceNodes: [{ node: 'x' }] } as unknown as Plan;
  expect(() => placeNodes(bad)).toThrow(/sourceNodes\[0\]\.op is not a text/);
});
