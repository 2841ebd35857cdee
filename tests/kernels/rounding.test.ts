// Floats of 16 bits that a group computes in 32: where they leave their type they have 16.

import { compile } from '@trtx/codegen';
import type { DType, GraphBuilder, Value } from '@trtx/ir';
import { expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { type Case, expectedOf, feedsOf, graphOf, runCompiled } from './support.ts';

const LENGTH = 999;

type Op = (b: GraphBuilder, x: Value, y: Value) => Value;

const OPS: Readonly<Record<string, Op>> = {
  'a sum in float32': (b, x, y) => b.Cast(b.Add(x, y), { to: 'float32' }),
  'a product in integers': (b, x, y) => b.Cast(b.Mul(x, y), { to: 'int32' }),
  'differences compared': (b, x, y) => b.Less(b.Sub(x, y), b.Mul(x, y)),
  'a sum that is moved': (b, x, y) =>
    b.Cast(b.Transpose(b.Reshape(b.Add(x, y), b.constant('int64', [2], [27, 37]))), { to: 'float32' }),
  'the first largest': (b, x, y) => b.ArgMax(b.Reshape(b.Add(x, y), b.constant('int64', [2], [27, 37])), { axis: 1 }),
  'the other type of 16 bits': (b, x, y) =>
    b.Cast(b.Add(x, y), { to: x.type.dtype === 'float16' ? 'bfloat16' : 'float16' }),
};

it.each(
  (['float16', 'bfloat16'] as DType[]).flatMap((dtype) => Object.keys(OPS).map((name) => [dtype, name] as const)),
)('%s: %s', async (dtype, name) => {
  const input = { dtype, dims: [LENGTH], low: -9, high: 9 };
  const one: Case = { name, inputs: [input, input], build: (b, x, y) => OPS[name]!(b, x!, y!) };
  const feeds = feedsOf(one);
  const compiled = compile(graphOf(one));
  const [[actual], [expected]] = [
    await runCompiled((await testDevice()).device, compiled, feeds),
    await expectedOf(graphOf(one), feeds),
  ];
  expect(compiled.plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []))).toHaveLength(1);
  expect(actual!.get('y0')!.data).toEqual(expected!.get('y0')!.data);
});
