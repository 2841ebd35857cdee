// `trtx bench --vs` each of the other engines on the software adapter: MobileNetV2, small, in the format that each takes.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { VersusReport } from '../../tools/bench/src/versus-report.ts';
import { bundleInto } from '../cli/bundle.ts';

const tool = new URL('../../tools/bench/', import.meta.url);
// Below the node_modules that have the other engines.
const folder = fileURLToPath(new URL(`node_modules/.cache/trtx-test-${process.pid}/`, tool));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('ort-node, ort-web and tfjs on WebGPU compute the same, and are timed in turn', async () => {
  const script = `${folder}versus.mjs`;
  await bundleInto(script, fileURLToPath(new URL('src/versus.ts', tool)));
  const small = ['--size', '32', '--width', '0.25', '--json'];
  const quick = ['--', '--warm-up', '0', '--iterations', '2', '--duration', '0.1', '--vs-limit', '600'];
  const done = spawnSync(process.execPath, [script, ...small, ...quick], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(done.status, done.stderr).toBe(0);
  const { results, ...rest }: VersusReport = JSON.parse(done.stdout);
  expect(rest).toMatchObject({ network: 'mobilenet_v2 × 0.25', dims: [1, 3, 32, 32] });
  expect(results.map(({ peer }) => peer)).toEqual(['ort-node', 'ort-web', 'tfjs']);
  for (const { isRight, vs } of results) {
    expect(isRight).toBe(true);
    expect(vs).toMatchObject({ name: expect.stringContaining('(webgpu)'), outputs: [{ ok: true }] });
    console.log(`${vs!.name}: ratio ${vs!.ratio.median.toFixed(3)}`);
  }
});
