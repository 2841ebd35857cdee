// Keeps a device busy until its clock is up: a GPU that did nothing for a while takes several times as long for everything.

import { targetOf } from '@trtx/builder';
import { compile } from '@trtx/codegen';
import { engineBytes } from '@trtx/engine';
import { GraphBuilder } from '@trtx/ir';
import { Engine, type GpuTensor } from '@trtx/runtime';
import type { NodeDevice } from '@trtx/runtime/node';

/** GPUBufferUsage flags. */
const USAGE = { storage: 0x80, copySource: 0x4, copyDestination: 0x8 };

const SIDE = 4096;

/** A large product runs until it takes no less time than it ever did, but for no longer than a second and a half. */
export async function spinner({ device, isFallback }: NodeDevice): Promise<() => Promise<void>> {
  const b = new GraphBuilder('spin');
  const weights = b.constant('float32', [SIDE, SIDE], new Array<number>(SIDE * SIDE).fill(0));
  b.output('y', b.MatMul(b.input('x', 'float32', [SIDE, SIDE]), weights));
  const { plan, blobs } = compile(b.graph, { target: targetOf(device, isFallback) });
  const engine = await Engine.load(engineBytes({ plan, blobs: blobs.map((blob) => blob()), builder: '' }), { device });
  const context = engine.createContext();
  const size = 4 * SIDE * SIDE;
  const usage = USAGE.storage | USAGE.copyDestination;
  const x: GpuTensor = { buffer: device.createBuffer({ size, usage }), dims: [SIDE, SIDE] };
  const y = device.createBuffer({ size, usage: usage | USAGE.copySource });
  let least = Number.POSITIVE_INFINITY;
  return async () => {
    // What the least time is, the first call finds out.
    const isFirst = least === Number.POSITIVE_INFINITY;
    const end = performance.now() + 1500;
    for (let round = 0; performance.now() < end; round++) {
      const start = performance.now();
      for (let i = 0; i < 10; i++) await context.run({ x }, { outputs: { y } });
      await device.queue.onSubmittedWorkDone();
      const time = performance.now() - start;
      least = Math.min(least, time);
      if (!isFirst && round > 1 && time < 1.05 * least) return;
    }
  };
}
