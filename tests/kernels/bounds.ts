// Kernels on a device that does not check whether accesses are in bounds.

import { type Compiled, compile, PORTABLE, type Target } from '@trtx/codegen';
import { dispatchesOf, kernelId } from '@trtx/engine';
import { type NodeDevice, requestNodeDevice } from '@trtx/runtime/node';
import { expect } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { type Case, feedsOf, graphOf, runCompiled } from './support.ts';

const CHECKED: Target = { ...PORTABLE, software: true };
const UNCHECKED: Target = { ...CHECKED, unchecked: true };

export const targets = { checked: CHECKED, unchecked: UNCHECKED };

let shared: NodeDevice | undefined;

/** The device of this test process that does not check. `unchecked` is for GPUs alone, so the software adapter is told so by a flag. */
export async function uncheckedDevice(): Promise<GPUDevice> {
  shared ??= (await requestNodeDevice({ flags: ['enable-dawn-features=disable_robustness'] }))!;
  return shared.device;
}

/** Kernels of which some dispatch has bounds of a kind. */
export function kernelsWith(compiled: Iterable<Compiled>, kind: 'clamped' | 'open'): string[] {
  const found = [...compiled].flatMap(({ plan: { steps, work } }) => {
    const kernels = [...dispatchesOf(steps)].map(({ label }) => kernelId(label));
    return kernels.filter((_, i) => work!.dispatches[i]!.bounds === kind);
  });
  return [...new Set(found)].sort();
}

export function expectInBounds(compiled: readonly Compiled[]): void {
  expect(kernelsWith(compiled, 'open')).toEqual([]);
  for (const { plan } of compiled) expect(plan.inBounds).toBe(true);
}

/** Expects of a case, without checks, bit for bit what it gives with them. */
export async function expectSameUnchecked(one: Case): Promise<void> {
  const { device } = await testDevice();
  const feeds = feedsOf(one);
  const expected = await runCompiled(device, compile(graphOf(one), { target: CHECKED }), feeds);
  const compiled = compile(graphOf(one), { target: UNCHECKED });
  expect(await runCompiled(await uncheckedDevice(), compiled, feeds)).toEqual(expected);
}
