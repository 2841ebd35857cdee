// A run told to a profiler: which ops are recorded, and with what. On Dawn's null back end: no result counts.
import { expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { Instrument } from './instrument.ts';
import { watchDevice } from './testing/device.ts';
import { A, B, Draft, loop, work } from './testing/flow.ts';
import { floats, int } from './testing/flow-run.ts';
import { useDevice } from './testing/gpu.ts';
import { arenaPlan, engineOf } from './testing/plans.ts';

const gpu = useDevice({ backend: 'null' });

/** Passes everything on, and notes what it was asked for. */
function listener() {
  const asked: (readonly number[])[] = [];
  let dispatches = 0;
  const instrument: Instrument = (encoder, ops) => {
    asked.push(ops);
    return {
      copyBufferToBuffer: (...copy) => encoder.copyBufferToBuffer(...copy),
      beginComputePass() {
        const pass = encoder.beginComputePass();
        return {
          setPipeline: (pipeline) => pass.setPipeline(pipeline),
          setBindGroup: (index, bound) => pass.setBindGroup(index, bound),
          dispatchWorkgroups: (x, y, z) => {
            dispatches++;
            pass.dispatchWorkgroups(x, y, z);
          },
          end: () => pass.end(),
        };
      },
    };
  };
  return { instrument, asked, dispatches: () => dispatches };
}

it('tells the numbers of the ops that are recorded, without those that have nothing to do', async () => {
  const { plan, blobs } = arenaPlan();
  const engine = await Engine.load(engineOf(plan, blobs), { device: gpu.device });
  const context = engine.createContext();
  const { instrument, asked, dispatches } = listener();
  const run = (n: number) => context.run({ x: { data: new Float32Array(n), dims: [n] } }, { instrument });
  await run(9);
  expect(asked.splice(0)).toEqual([[0, 1]]);
  expect(dispatches()).toBe(2);
  await run(0);
  expect(asked).toEqual([[]]);
  await engine.dispose();
});

it('tells those of a loop in each iteration', async () => {
  const d = new Draft();
  const trips = d.input('trips', 'int64', [], true);
  d.input('x', 'float32', [4]);
  const y = d.output('y', 'float32', [4]);
  const rounds = loop({ trips, steps: [work(d.affine({ buffer: A, offset: 0 }, { buffer: B, offset: 0 }, 4))] });
  const plan = d.plan([
    work(d.affine({ buffer: 3, offset: 0 }, { buffer: A, offset: 0 }, 4)),
    rounds,
    work(d.affine({ buffer: B, offset: 0 }, y, 4)),
  ]);
  const engine = await Engine.load(engineOf(plan), { device: gpu.device });
  const { instrument, asked } = listener();
  await engine.createContext().run({ trips: int(3), x: floats(1, 2, 3, 4) }, { instrument });
  expect(asked.flat()).toEqual([0, 1, 1, 1, 2]);
  await engine.dispose();
});

it('costs a run without one nothing: it makes the same calls', async () => {
  const { plan, blobs } = arenaPlan();
  const { device, calls } = watchDevice(gpu.device);
  const engine = await Engine.load(engineOf(plan, blobs), { device });
  const context = engine.createContext();
  const input = { x: { data: new Float32Array(9), dims: [9] } };
  const made = async (work: () => Promise<unknown>) => {
    const before = new Map(calls);
    await work();
    return [...calls].map(([name, n]) => [name, n - (before.get(name) ?? 0)]);
  };
  for (let i = 0; i < 3; i++) await context.run(input);
  const plain = await made(() => context.run(input));
  await context.run(input, { instrument: listener().instrument });
  expect(await made(() => context.run(input))).toEqual(plain);
  await engine.dispose();
});
