// Runs of plans with branches and loops, and the tensors that go in and out.
import type { Plan } from '@trtx/engine';
import { expect } from 'vitest';
import type { ExecutionContext } from '../context.ts';
import { Engine } from '../engine.ts';
import type { HostOp } from '../host-ops.ts';
import type { HostValue, Tensor } from '../tensors.ts';
import { watchDevice } from './device.ts';
import { engineOf } from './plans.ts';

/** Loads a plan and lets `use` run it, then sees to it that nothing is left on the device. */
export async function withPlan<T>(
  device: GPUDevice,
  plan: Plan,
  hostOps: Record<string, HostOp>,
  use: (context: ExecutionContext, engine: Engine) => Promise<T>,
): Promise<T> {
  const watched = watchDevice(device);
  const engine = await Engine.load(engineOf(plan), { device: watched.device, hostOps });
  try {
    return await use(engine.createContext(), engine);
  } finally {
    await engine.dispose();
    expect(watched.live.size).toBe(0);
    expect(watched.openScopes).toBe(0);
  }
}

export const floats = (...values: number[]): Tensor => ({ data: Float32Array.from(values), dims: [values.length] });
export const int = (value: number): Tensor => ({ data: BigInt64Array.of(BigInt(value)), dims: [] });
export const flag = (value: boolean): Tensor => ({ data: Uint8Array.of(Number(value)), dims: [] });
export const numbers = (tensor?: { data?: unknown }) => Array.from(tensor!.data as Float32Array, Number);
/** x after so many rounds of 2x + 1. */
export const affine = (x: number, rounds: number) => (x + 1) * 2 ** rounds - 1;

export const bool = (value: boolean): HostValue => ({ dtype: 'bool', dims: [], data: Uint8Array.of(Number(value)) });
export const dataOf = (value: HostValue | null | undefined) => Array.from(value!.data as Float32Array, Number);
