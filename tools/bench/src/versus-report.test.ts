import { expect, it } from 'vitest';
import { rowsOf } from './versus-report.ts';

it('takes what other engines were timed with, where they gave the same', () => {
  const times = { ours: { median: 2 }, theirs: { median: 4 }, ratio: { median: 0.5 } };
  const vs = { name: 'TensorFlow.js 4.22.0 (webgpu)', firstRunMs: 100, outputs: [{ ok: true, maxAbs: 0 }], ...times };
  const results = [
    { peer: 'tfjs', isRight: true, adapter: 'Some GPU', vs },
    { peer: 'ort-web', isRight: false, adapter: 'Some GPU', vs },
    { peer: 'ort-node', isRight: false, error: { message: 'not installed' } },
  ];
  expect(rowsOf({ network: 'mobilenet_v2', dims: [1, 3, 224, 224], date: '2030-01-02', results })).toEqual([
    {
      ...{ network: 'mobilenet_v2', dims: [1, 3, 224, 224], against: vs.name, adapter: 'Some GPU' },
      ...{ trtxMs: 2, ortMs: 4, ratio: 0.5, date: '2030-01-02' },
    },
  ]);
});
