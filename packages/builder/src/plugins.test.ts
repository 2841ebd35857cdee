import { GraphBuilder } from '@trtx/ir';
import { definePass, defineRule } from '@trtx/passes';
import { definePlugin } from '@trtx/plugin';
import { expect, it } from 'vitest';
import { buildPlan } from './build.ts';

/** −|x| as −x: wrong, so that whether it ran can be told. */
const wrong = definePass({
  name: 'wrong',
  summary: 'takes Abs away',
  rules: [
    defineRule({
      name: 'abs',
      ops: ['Abs'],
      apply: (node, patch) => patch.replace(node.output, node.inputs[0]!, 'wrong'),
    }),
  ],
});

const plugin = definePlugin({
  name: 'example',
  version: '1.0.0',
  apiVersion: { ir: 1, kernels: 1 },
  passes: [{ pass: wrong, before: 'remove-no-ops' }],
});

function nodesAt(level: 1 | 2, passes = {}): readonly string[] {
  const b = new GraphBuilder('net');
  b.output('y', b.Neg(b.Abs(b.input('x', 'float32', [4]))));
  const { plan } = buildPlan(b.graph, { level, plugins: [plugin], passes });
  return plan.steps.flatMap((step) =>
    step.kind === 'dispatches' ? step.dispatches.flatMap(({ nodes }) => nodes) : [],
  );
}

it('runs the passes of plugins at their levels, unless they are skipped or a pipeline is given', () => {
  expect(nodesAt(2)).not.toContain('Abs');
  expect(nodesAt(1)).toContain('Abs');
  expect(nodesAt(2, { skip: ['wrong'] })).toContain('Abs');
  expect(nodesAt(2, { pipeline: [] })).toContain('Abs');
});
