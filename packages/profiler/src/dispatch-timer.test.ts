// Which commands are recorded, on a device that only notes them.
import { expect, it } from 'vitest';
import { DispatchTimer, INSIDE_FEATURE, passModeOf } from './dispatch-timer.ts';

function fakeDevice(features: readonly string[] = []) {
  const log: string[] = [];
  const pass = {
    setPipeline: (pipeline: string) => log.push(`pipeline ${pipeline}`),
    setBindGroup: (_: number, group: string) => log.push(`group ${group}`),
    dispatchWorkgroups: (x: number) => log.push(`dispatch ${x}`),
    writeTimestamp: (_: unknown, index: number) => log.push(`time ${index}`),
    end: () => log.push('end'),
  };
  const encoder = {
    beginComputePass(options?: {
      timestampWrites: { beginningOfPassWriteIndex: number; endOfPassWriteIndex: number };
    }) {
      const writes = options?.timestampWrites;
      log.push(writes ? `pass ${writes.beginningOfPassWriteIndex} to ${writes.endOfPassWriteIndex}` : 'pass');
      return pass;
    },
    copyBufferToBuffer: () => log.push('copy'),
  };
  const device = { features: new Set(features), createQuerySet: () => ({ destroy() {} }) };
  return { device: device as unknown as GPUDevice, encoder: encoder as unknown as GPUCommandEncoder, log };
}

/** Two dispatches by one pipeline, a copy, and a third dispatch; the plan has one before the second that does nothing. */
function record(timer: DispatchTimer, encoder: GPUCommandEncoder) {
  const run = timer.begin();
  const ops = run.instrument(encoder, [0, 2, 3, 4], []);
  const [p, g] = ['p', 'g'] as unknown as [GPUComputePipeline, GPUBindGroup];
  const first = ops.beginComputePass();
  first.setPipeline(p);
  first.setBindGroup(0, g);
  first.dispatchWorkgroups(7, 1, 1);
  first.dispatchWorkgroups(8, 1, 1);
  first.end();
  ops.copyBufferToBuffer({} as GPUBuffer, 0, {} as GPUBuffer, 0, 4);
  const second = ops.beginComputePass();
  second.setPipeline(p);
  second.setBindGroup(0, g);
  second.dispatchWorkgroups(9, 1, 1);
  second.end();
  return run;
}

it('writes timestamps between the dispatches of a pass where the device can', () => {
  const { device, encoder, log } = fakeDevice([INSIDE_FEATURE]);
  expect(passModeOf(device)).toBe('inside');
  const { marks } = record(new DispatchTimer(device), encoder);
  expect(log.join(', ')).toBe(
    'pass, pipeline p, group g, time 0, dispatch 7, time 1, time 2, dispatch 8, time 3, end, copy, ' +
      'pass, pipeline p, group g, time 4, dispatch 9, time 5, end',
  );
  expect(marks.map(({ op }) => op)).toEqual([0, 2, 4]);
});

it('gives each dispatch a pass elsewhere', () => {
  const { device, encoder, log } = fakeDevice();
  expect(passModeOf(device)).toBe('apart');
  const { marks, recorded } = record(new DispatchTimer(device), encoder);
  const own = (first: number, workgroups: number) =>
    `pass ${first} to ${first + 1}, pipeline p, group g, dispatch ${workgroups}, end`;
  expect(log.join(', ')).toBe(`${own(0, 7)}, ${own(2, 8)}, copy, ${own(4, 9)}`);
  expect(marks.map(({ workgroups }) => workgroups[0])).toEqual([7, 8, 9]);
  expect(recorded).toBeGreaterThan(0);
});
