import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';
import { decodePicture, onWhite, type Picture, resizePicture } from './picture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trtx-picture-'));
});
afterAll(() => rm(folder, { recursive: true }));

// 2 x 1 pixels of 8-bit grey, black and white: a PNG with one channel, which the canvas itself never writes.
const GREY = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNg+A8AAQIBAEK+vGgAAAAASUVORK5CYII=',
  'base64',
);

function draw(width: number, height: number, style: string) {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = style;
  context.fillRect(0, 0, width, height);
  return canvas;
}

test('a PNG, by its path or its bytes', async () => {
  const picture = { width: 2, height: 1, rgba: Uint8ClampedArray.of(0, 0, 0, 255, 255, 255, 255, 255) };
  const path = join(folder, 'grey.png');
  await writeFile(path, GREY);
  expect(await decodePicture(path)).toEqual(picture);
  expect(await decodePicture(GREY)).toEqual(picture);
});

test('a JPEG', async () => {
  const { width, height, rgba } = await decodePicture(await draw(16, 8, 'rgb(200, 100, 50)').encode('jpeg', 90));
  expect([width, height]).toEqual([16, 8]);
  [200, 100, 50, 255].forEach((value, i) => void expect(Math.abs(rgba[i]! - value)).toBeLessThan(4));
});

test('what is transparent becomes white where that is asked for', async () => {
  const picture = await decodePicture(await draw(1, 1, 'rgba(0, 0, 0, 0.5)').encode('png'));
  expect(picture.rgba[3]).toBe(128);
  expect([...onWhite(picture).rgba]).toEqual([127, 127, 127, 255]);
});

test('says what is wrong with a file', async () => {
  const broken = join(folder, 'broken.png');
  await writeFile(broken, GREY.subarray(0, 40));
  for (const [source, message] of [
    [join(folder, 'none.png'), /there is no such file/],
    [folder, /it is a folder/],
    [Buffer.from('hello'), /neither PNG nor JPEG/],
    [Buffer.from(''), /neither PNG nor JPEG/],
    [broken, /cannot be decoded/],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /cannot be decoded/],
  ] as const)
    await expect(decodePicture(source)).rejects.toThrow(
      expect.objectContaining({ code: 'PICTURE', message: expect.stringMatching(message) }),
    );
});

/** A picture whose red channel holds the values; the others hold 0, 0 and 255. */
function picture(...rows: number[][]): Picture {
  const rgba = Uint8ClampedArray.from(rows.flat().flatMap((value) => [value, 0, 0, 255]));
  return { width: rows[0]!.length, height: rows.length, rgba };
}

const channel = ({ rgba }: Picture, c: number) => [...rgba].filter((_, i) => i % 4 === c);
const red = (of: Picture) => channel(of, 0);

test('resizing keeps a constant, interpolates when growing and averages when shrinking', () => {
  const flat = { width: 7, height: 5, rgba: new Uint8ClampedArray(7 * 5 * 4).fill(77) };
  for (const [width, height] of [
    [1, 1],
    [3, 9],
    [14, 2],
  ] as const)
    expect(resizePicture(flat, width, height)).toEqual({
      width,
      height,
      rgba: new Uint8ClampedArray(width * height * 4).fill(77),
    });
  const edge = picture([0, 200]);
  expect(red(resizePicture(edge, 4, 1))).toEqual([0, 50, 150, 200]);
  expect(red(resizePicture(edge, 1, 1))).toEqual([100]);
});

test('resizing to the same size, to one pixel and from one pixel', () => {
  const four = picture([10, 20], [30, 40]);
  expect(resizePicture(four, 2, 2)).toEqual(four);
  expect(red(resizePicture(four, 1, 1))).toEqual([25]);
  expect(red(resizePicture(picture([9]), 3, 2))).toEqual([9, 9, 9, 9, 9, 9]);
});

test('shrinking weighs all pixels', () => {
  for (const value of red(resizePicture(picture([0, 200, 0, 200, 0, 200, 0, 200]), 2, 1)))
    expect(Math.abs(value - 100)).toBeLessThan(10);
  const large = picture(...Array.from({ length: 50 }, () => Array<number>(70).fill(123)));
  const small = resizePicture(large, 9, 4);
  expect(red(small)).toEqual(Array(36).fill(123));
  expect(channel(small, 3)).toEqual(Array(36).fill(255));
});

test('the example of the README', () => {
  expectExample(new URL('../README.md', import.meta.url), { files: { 'cat.png': GREY } });
});
