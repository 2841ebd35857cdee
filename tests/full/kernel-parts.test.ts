// Tensors larger than a binding: every kernel, and networks, with bindings so small that tensors take several, give what
// they give on a device that binds them whole.

import { compile, PORTABLE, type Target } from '@trtx/codegen';
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { expectedOf, expectSame, feedsOf, graphOf, runCompiled } from '../kernels/support.ts';
import { testDevice } from '../support/chain.ts';

const withBindings = (bytes: number): Target => ({
  ...PORTABLE,
  software: true,
  limits: { ...PORTABLE.limits, maxStorageBufferBindingSize: bytes },
});

/** Their parts are more than a dispatch has bindings: the host computes them. */
const WIDE = ['LinearAttention: a gate for each feature, delta, one reader', 'LinearAttention: dynamic'];

const onHost = ({ hostNodes }: Plan) => hostNodes.filter(({ step }) => step !== undefined).length;

/** Bytes of the largest binding of a storage buffer. */
function largestBinding({ steps, pipelines, buffers }: Plan): number {
  let largest = 0;
  for (const step of steps)
    if (step.kind === 'dispatches')
      for (const { pipeline, bindings } of step.dispatches)
        bindings.forEach(({ buffer, offset, size = buffers[buffer]!.bytes - offset }, i) => {
          if (pipelines[pipeline]!.layout[i] !== 'uniform') largest = Math.max(largest, size);
        });
  return largest;
}

describe.each(allCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('in parts', async () => {
    const { plan } = compile(graphOf(one));
    const whole = largestBinding(plan);
    // Half of the largest tensor, and at least a third of it.
    const most = Math.max(Math.ceil(whole / 2 / 256) * 256, 256);
    if (most >= whole) return;
    const compiled = compile(graphOf(one), { target: withBindings(most) });
    expect(largestBinding(compiled.plan)).toBeLessThanOrEqual(most);
    expect(onHost(compiled.plan)).toBe(onHost(plan) + (WIDE.includes(one.name) ? 1 : 0));
    const feeds = feedsOf(one);
    const results = await runCompiled((await testDevice()).device, compiled, feeds);
    expectSame(results, await expectedOf(graphOf(one), feeds), one.name);
  });
});
