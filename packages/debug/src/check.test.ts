import { TrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, parseGraph, standardOps, type Tensor, type Tensors } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { differs, type Prepare } from './check.ts';

const graph = parseGraph('graph g\ninput x: float32[2]\ny = Neg(x)\noutput y', standardOps);
const x: Tensor = { dtype: 'float32', dims: [2], data: Float32Array.of(1, 2) };
const inputs: Tensors = new Map([['x', x]]);
const tolerance = { rtol: 1e-3, atol: 1e-3 };
const reference: Prepare = async (given: Graph) => new ReferenceRunner(given);
const giving = (...data: number[]): Prepare => {
  return async () => ({ run: async () => new Map([['y', { ...x, data: Float32Array.from(data) }]]) });
};

it('fails where an output is outside the tolerance', async () => {
  expect(await differs(reference, reference, tolerance)(cloneGraph(graph), inputs)).toBe(false);
  expect(await differs(giving(-1, -2.0001), reference, tolerance)(cloneGraph(graph), inputs)).toBe(false);
  expect(await differs(giving(-1, -2.1), reference, tolerance)(cloneGraph(graph), inputs)).toBe(true);
  expect(await differs(giving(-1, Number.NaN), reference, tolerance)(cloneGraph(graph), inputs)).toBe(true);
});

it('disposes runners, and takes errors as it is told', async () => {
  let disposed = 0;
  const broken: Prepare = async () => ({
    run: async () => Promise.reject(new TrtxError('DEVICE_LOST', 'the device is lost')),
    dispose: () => void disposed++,
  });
  const ask = (onError?: 'passes' | 'fails' | 'throws') =>
    differs(broken, reference, { ...tolerance, onError })(cloneGraph(graph), inputs);
  expect(await ask()).toBe(false);
  expect(await ask('fails')).toBe(true);
  await expect(ask('throws')).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  expect(disposed).toBe(3);
});
