/**
 * Draws the demo's picture, assets/demo.png, and writes what it says to assets/demo.json. The lines differ in size,
 * font, colour and background; one is slanted and one stands on its head. Run it with `pnpm run picture`.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type FontName, font } from './fonts.ts';

interface TextLine {
  text: string;
  font: FontName;
  size: number;
  color: string;
  /** The middle of the line's left end, in pixels. */
  x: number;
  y: number;
  /** Clockwise, about the middle of the line. */
  degrees?: number;
}

const WIDTH = 800;
const HEIGHT = 600;

/** In reading order. */
export const LINES: readonly TextLine[] = [
  { text: 'Corner Bakery', font: 'DejaVu Serif Bold', size: 54, color: '#fff4e0', x: 44, y: 70 },
  { text: 'Open Mon-Fri, 7:30 to 18:00', font: 'DejaVu Sans', size: 24, color: '#f3c98b', x: 48, y: 132 },
  {
    text: 'Baked before sunrise, gone by noon.',
    font: 'DejaVu Serif Italic',
    size: 30,
    color: '#5b3a29',
    x: 48,
    y: 212,
  },
  { text: 'Rye bread, 750 g', font: 'DejaVu Sans', size: 28, color: '#22303c', x: 48, y: 280 },
  { text: '$4.95', font: 'DejaVu Sans Bold', size: 34, color: '#b3261e', x: 380, y: 280 },
  { text: '6 poppy seed rolls', font: 'DejaVu Sans', size: 28, color: '#22303c', x: 48, y: 334 },
  { text: '$3.20', font: 'DejaVu Sans Bold', size: 34, color: '#b3261e', x: 380, y: 334 },
  { text: 'order #A-2047: paid', font: 'DejaVu Sans Mono', size: 26, color: '#1f6f50', x: 48, y: 404 },
  { text: 'Two for one today!', font: 'DejaVu Sans Bold', size: 25, color: '#ffffff', x: 498, y: 402, degrees: -8 },
  {
    text: 'This line stands on its head',
    font: 'DejaVu Serif',
    size: 32,
    color: '#33508a',
    x: 48,
    y: 466,
    degrees: 180,
  },
  {
    text: 'Small print: mail to hello@rye.example, 100% organic',
    font: 'DejaVu Sans',
    size: 18,
    color: '#5c5c5c',
    x: 48,
    y: 558,
  },
];

/** The picture of `LINES`; always the same pixels on one platform. */
export function drawDemo(): Canvas {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  drawBackground(context);
  for (const line of LINES) drawLine(context, line);
  return canvas;
}

function drawBackground(context: SKRSContext2D): void {
  const paper = context.createLinearGradient(0, 0, 0, HEIGHT);
  paper.addColorStop(0, '#fffaf0');
  paper.addColorStop(1, '#f1e3cc');
  context.fillStyle = paper;
  context.fillRect(0, 0, WIDTH, HEIGHT);

  context.fillStyle = '#4a2c2a';
  context.fillRect(0, 0, WIDTH, 164);
  context.fillStyle = '#e2a45c';
  context.fillRect(0, 164, WIDTH, 6);

  context.fillStyle = '#d3c2a3';
  context.fillRect(48, 516, WIDTH - 96, 1);

  // The tag behind the slanted line.
  context.save();
  context.translate(630, 402);
  context.rotate((-8 * Math.PI) / 180);
  context.fillStyle = '#b3261e';
  context.beginPath();
  context.roundRect(-150, -32, 300, 64, 14);
  context.fill();
  context.restore();
}

function drawLine(context: SKRSContext2D, line: TextLine): void {
  context.font = font(line.font, line.size);
  context.fillStyle = line.color;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.save();
  context.translate(line.x + context.measureText(line.text).width / 2, line.y);
  context.rotate(((line.degrees ?? 0) * Math.PI) / 180);
  context.fillText(line.text, 0, 0);
  context.restore();
}

async function main(): Promise<void> {
  const asset = (name: string) => fileURLToPath(new URL(`../assets/${name}`, import.meta.url));
  await writeFile(asset('demo.png'), await drawDemo().encode('png'));
  const lines = LINES.map(({ text }) => text);
  await writeFile(asset('demo.json'), `${JSON.stringify({ lines }, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
