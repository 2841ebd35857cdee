// An engine without its weights, and with others.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { filesIn, folder, trtxJson } from './command.ts';
import { failure, MISUSED, write } from './failure.ts';
import { tinyModel } from './tiny.ts';

it('a stripped engine is refused until it has its weights back, and is what it was then', async () => {
  const dir = folder();
  const model = write(dir, 'tiny.onnx', tinyModel());
  const [whole, stripped, again] = ['whole', 'stripped', 'again'].map((name) => join(dir, `${name}.trtx`)) as [
    string,
    string,
    string,
  ];
  await trtxJson('build', model, '-o', whole, '--portable');
  await trtxJson('build', model, '-o', stripped, '--portable', '--strip');
  expect(readFileSync(stripped).length).toBeLessThan(readFileSync(whole).length);
  await failure(MISUSED, 'ENGINE_STRIPPED', ['bench', stripped], dir);
  const { status, data } = await trtxJson<{ bytes: number }>('refit', stripped, model, '-o', again);
  expect([status, data.bytes]).toEqual([0, readFileSync(whole).length]);
  expect(readFileSync(again).equals(readFileSync(whole))).toBe(true);
});

it('another graph is refused, with what is different, and nothing is written', async () => {
  const dir = folder();
  const engine = join(dir, 'tiny.trtx');
  await trtxJson('build', write(dir, 'tiny.onnx', tinyModel()), '-o', engine, '--portable');
  const b = new GraphBuilder('other');
  b.output('y', b.Neg(b.input('x', 'float32', [2, 3])));
  const other = write(dir, 'other.onnx', exportModel(b.graph));
  const before = filesIn(dir);
  const error = await failure(MISUSED, 'REFIT', ['refit', engine, other, '-o', join(dir, 'out.trtx')], dir);
  expect(error.details).toContain('blobs are others: 1 of 1');
  expect(filesIn(dir)).toEqual(before);
});
