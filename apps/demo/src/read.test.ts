/** The whole pipeline on onnxruntime-node. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Canvas, createCanvas, loadImage } from '@napi-rs/canvas';
import type { Picture } from '@trtx/cli/picture';
import { beforeAll, describe, expect, test } from 'vitest';
import { font } from './fonts.ts';
import { drawDemo, LINES } from './make-picture.ts';
import { readAlphabet } from './models.ts';
import { loadPicture } from './picture.ts';
import { type Line, type Progress, readPicture } from './read.ts';
import type { Nets } from './tensor.ts';
import { ortNets } from './testing/ort-nets.ts';

const asset = (name: string) => fileURLToPath(new URL(`../assets/${name}`, import.meta.url));

let nets: Nets;
let alphabet: string[];
let expected: string[];
beforeAll(async () => {
  nets = await ortNets();
  alphabet = await readAlphabet();
  expected = JSON.parse(await readFile(asset('demo.json'), 'utf8')).lines;
});

const read = (picture: Picture) => readPicture(picture, nets, { alphabet });
const texts = (lines: Line[]) => lines.map(({ text }) => text);

function pixels(canvas: Canvas): Picture {
  const { width, height } = canvas;
  return { width, height, rgba: canvas.getContext('2d').getImageData(0, 0, width, height).data };
}

function draw(width: number, height: number, paint: (context: ReturnType<Canvas['getContext']>) => void): Picture {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'black';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  paint(context);
  return pixels(canvas);
}

describe('the demo picture', () => {
  test('is read without a mistake, and surely', async () => {
    const progress: Progress[] = [];
    const picture = await loadPicture(asset('demo.png'));
    const lines = await readPicture(picture, nets, { alphabet, onProgress: (step) => void progress.push(step) });
    expect(texts(lines)).toEqual(expected);
    for (const line of lines) expect(line.confidence, line.text).toBeGreaterThan(0.95);
    expect(lines.filter(({ turned }) => turned).map(({ text }) => text)).toEqual(['This line stands on its head']);
    const count = expected.length;
    expect(progress.filter(({ done, total }) => done === total)).toEqual([
      { stage: 'detect', done: 1, total: 1 },
      { stage: 'rectify', done: count, total: count },
      { stage: 'classify', done: count, total: count },
      { stage: 'recognize', done: count, total: count },
    ]);
  });

  test('says what its maker drew', async () => {
    expect(LINES.map(({ text }) => text)).toEqual(expected);
    const drawn = pixels(drawDemo());
    const saved = await loadPicture(asset('demo.png'));
    expect([drawn.width, drawn.height]).toEqual([saved.width, saved.height]);
    // Other platforms may smooth the edges of letters differently.
    const difference = drawn.rgba.reduce((sum, value, i) => sum + Math.abs(value - saved.rgba[i]), 0);
    expect(difference / drawn.rgba.length).toBeLessThan(2);
  });

  test('is read as a JPEG', async () => {
    const jpeg = createCanvas(800, 600);
    jpeg.getContext('2d').drawImage(await loadImage(await drawDemo().encode('jpeg', 98)), 0, 0);
    expect(texts(await read(pixels(jpeg)))).toEqual(expected);
  });
});

test.each([-90, -60, -30, 30, 60, 90, 150])('a line at %d degrees', async (degrees) => {
  const picture = draw(480, 480, (context) => {
    context.font = font('DejaVu Sans', 36);
    context.translate(240, 240);
    context.rotate((degrees * Math.PI) / 180);
    context.fillText('Straight 1234 on', 0, 0);
  });
  expect(texts(await read(picture))).toEqual(['Straight 1234 on']);
});

test('a picture without text, and the smallest picture', async () => {
  expect(await read(draw(320, 200, () => {}))).toEqual([]);
  expect(await read(draw(1, 1, () => {}))).toEqual([]);
  expect(await read(draw(1, 700, () => {}))).toEqual([]);
});
