import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPicture, PictureError, savePicture } from './picture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trtx-demo-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

// 2 x 1 pixels of 8-bit grey, black and white: a PNG with one channel, which the canvas itself never writes.
const GREY_PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNg+A8AAQIBAEK+vGgAAAAASUVORK5CYII=';

test('what is saved is loaded again', async () => {
  const data = Uint8ClampedArray.from({ length: 5 * 3 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256));
  const path = join(folder, 'new', 'folder', 'a.png');
  await savePicture(path, { width: 5, height: 3, data });
  expect(await loadPicture(path)).toEqual({ width: 5, height: 3, data });
});

test('a grey PNG', async () => {
  const { width, height, data } = await loadPicture(await file('grey.png', Buffer.from(GREY_PNG, 'base64')));
  expect([width, height, ...data]).toEqual([2, 1, 0, 0, 0, 255, 255, 255, 255, 255]);
});

test('what is transparent becomes white', async () => {
  const canvas = createCanvas(2, 1);
  const context = canvas.getContext('2d');
  context.fillStyle = 'rgba(0, 0, 0, 0.5)';
  context.fillRect(0, 0, 1, 1);
  const { data } = await loadPicture(await file('alpha.png', await canvas.encode('png')));
  expect([...data.slice(4)]).toEqual([255, 255, 255, 255]);
  expect(Math.abs(data[0] - 127)).toBeLessThan(2);
});

test('a JPEG', async () => {
  const canvas = createCanvas(16, 8);
  const context = canvas.getContext('2d');
  context.fillStyle = 'rgb(200, 100, 50)';
  context.fillRect(0, 0, 16, 8);
  const { width, height, data } = await loadPicture(await file('a.jpeg', await canvas.encode('jpeg', 90)));
  expect([width, height]).toEqual([16, 8]);
  [200, 100, 50, 255].forEach((value, i) => void expect(Math.abs(data[i] - value)).toBeLessThan(4));
});

test('says what is wrong with a file', async () => {
  const png = Buffer.from(GREY_PNG, 'base64');
  await expect(loadPicture(join(folder, 'none.png'))).rejects.toThrow(/none\.png does not exist/);
  await expect(loadPicture(folder)).rejects.toThrow(/is a folder/);
  await expect(loadPicture(await file('text.png', 'hello'))).rejects.toThrow(/neither PNG nor JPEG/);
  await expect(loadPicture(await file('empty.png', ''))).rejects.toThrow(PictureError);
  await expect(loadPicture(await file('cut.png', png.subarray(0, 40)))).rejects.toThrow(PictureError);
  await expect(loadPicture(await file('cut.jpg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)))).rejects.toThrow(PictureError);
  await expect(savePicture(folder, await loadPicture(await file('grey.png', png)))).rejects.toThrow(
    /cannot be written/,
  );
});
