import type { Tensor } from '@trtx/ir';
import { expect, it } from 'vitest';
import { matmulGraph } from '../testing/models.ts';
import { openBackend } from './backend.ts';

const x: Tensor = { dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 0, 0, 0, 0, 1) };

it.each(['webgpu', 'reference', undefined] as const)('%s runs a graph', async (kind) => {
  const backend = await openBackend(kind);
  expect(backend.kind).toBe(kind ?? 'webgpu');
  expect(backend.gpu === undefined).toBe(kind === 'reference');
  expect(backend.description).toMatch(kind === 'reference' ? /^reference/ : /./);
  const runner = await backend.prepare(matmulGraph(), { profile: { x: [{ min: 1, max: 4 }, null] }, level: 1 });
  const y = (await runner.run(new Map([['x', x]]))).get('y');
  expect(y).toEqual({ dtype: 'float32', dims: [2, 4], data: Float32Array.of(0, 0, 0, 0, 3, 4, 5, 6) });
  await runner.dispose?.();
  backend.release();
});
