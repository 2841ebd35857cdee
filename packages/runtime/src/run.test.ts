import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { type NodeDevice, requestNodeDevice } from './node.ts';
import { affinePlan, engineOf } from './testing/plans.ts';

let gpu: NodeDevice;
beforeAll(async () => {
  gpu = (await requestNodeDevice())!;
  expect(gpu).not.toBeNull();
});
afterAll(() => gpu?.release());

describe('y = 2x + 1', () => {
  it('runs at any length', async () => {
    const engine = await Engine.load(engineOf(affinePlan()), { device: gpu.device });
    const context = engine.createContext();
    for (const n of [1, 5, 64, 65, 1000, 3]) {
      const data = Float32Array.from({ length: n }, (_, i) => i - 3);
      const { y } = await context.run({ x: { data, dims: [n] } });
      expect(y!.dims).toEqual([n]);
      expect(y!.data).toEqual(data.map((v) => 2 * v + 1));
    }
    await engine.dispose();
    expect(engine.bytesHeld).toBe(0);
  });
});
