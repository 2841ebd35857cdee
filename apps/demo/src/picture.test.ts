import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPicture, savePicture } from './picture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trtx-demo-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what is saved is loaded again', async () => {
  const rgba = Uint8ClampedArray.from({ length: 5 * 3 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256));
  const path = join(folder, 'new', 'folder', 'a.png');
  await savePicture(path, { width: 5, height: 3, rgba });
  expect(await loadPicture(path)).toEqual({ width: 5, height: 3, rgba });
});

test('what is transparent becomes white', async () => {
  const canvas = createCanvas(2, 1);
  const context = canvas.getContext('2d');
  context.fillStyle = 'rgba(0, 0, 0, 0.5)';
  context.fillRect(0, 0, 1, 1);
  const path = join(folder, 'alpha.png');
  await writeFile(path, await canvas.encode('png'));
  const { rgba } = await loadPicture(path);
  expect([...rgba.slice(4)]).toEqual([255, 255, 255, 255]);
  expect(Math.abs(rgba[0] - 127)).toBeLessThan(2);
});

test('says what is wrong with a file', async () => {
  const picture = { width: 1, height: 1, rgba: new Uint8ClampedArray(4) };
  const wrong = (message: string) =>
    expect.objectContaining({ code: 'PICTURE', summary: message, place: { file: folder } });
  await expect(loadPicture(folder)).rejects.toThrow(wrong('it is a folder'));
  await expect(savePicture(folder, picture)).rejects.toThrow(wrong('it cannot be written: EISDIR'));
});
