/**
 * Shows a reading: the picture with a box around each line on the left, and on the right what was read, each line where
 * it stands in the picture, at its size and slant, but always upright. Number and colour tell which belongs to which.
 */
import { createCanvas, ImageData, type SKRSContext2D } from '@napi-rs/canvas';
import { type Picture, resizePicture } from '@trtx/cli/picture';
import { font } from './fonts.ts';
import { distance, midpoint, type Point, type Quad } from './geometry.ts';
import type { Line } from './read.ts';

/** Dark enough to be read on white, and told apart from their neighbours in the list. */
const COLORS = ['#1d4ed8', '#c2410c', '#15803d', '#7e22ce', '#be123c', '#0f766e'];

const PAPER = '#ffffff';
const FRAME = '#d4d4d8';
const INK = '#18181b';
const QUIET = '#71717a';

/** Larger pictures are shrunk, for people to look at. In pixels. */
const MAX_SIDE = 2000;

/** Draws the picture and the lines side by side. */
export function annotate(original: Picture, originalLines: readonly Line[]): Picture {
  const scale = Math.min(1, MAX_SIDE / Math.max(original.width, original.height));
  const shrunk = (side: number) => Math.max(1, Math.round(side * scale));
  const picture = resizePicture(original, shrunk(original.width), shrunk(original.height));
  const lines = originalLines.map((line) => ({ ...line, quad: scaleQuad(line.quad, scale) }));
  const unit = Math.max(0.5, Math.max(picture.width, picture.height) / 800);
  const gap = Math.ceil(12 * unit);
  const width = 2 * picture.width + 3 * gap;
  const height = picture.height + 2 * gap;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = FRAME;
  context.fillRect(0, 0, width, height);
  context.putImageData(new ImageData(picture.rgba, picture.width, picture.height), gap, gap);
  const right = picture.width + 2 * gap;
  context.fillStyle = PAPER;
  context.fillRect(right, gap, picture.width, picture.height);

  drawSide(context, gap, gap, picture, () => {
    lines.forEach((line, i) => void drawBox(context, line.quad, COLORS[i % COLORS.length], unit));
    lines.forEach((line, i) => void drawBadge(context, line.quad, `${i + 1}`, COLORS[i % COLORS.length], unit));
  });
  drawSide(context, right, gap, picture, () => {
    for (const line of lines) drawNotes(context, line, unit);
    for (const line of lines) drawText(context, line);
    lines.forEach((line, i) => void drawBadge(context, line.quad, `${i + 1}`, COLORS[i % COLORS.length], unit));
    if (lines.length === 0) drawNothing(context, picture, unit);
  });
  return { width, height, rgba: context.getImageData(0, 0, width, height).data };
}

function scaleQuad(quad: Quad, scale: number): Quad {
  const [a, b, c, d] = quad.map(({ x, y }) => ({ x: x * scale, y: y * scale }));
  return [a, b, c, d];
}

/** Draws in the coordinates of the picture, cut off at its edges. */
function drawSide(context: SKRSContext2D, x: number, y: number, { width, height }: Picture, draw: () => void): void {
  context.save();
  context.translate(x, y);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  draw();
  context.restore();
}

function drawBox(context: SKRSContext2D, quad: Quad, color: string, unit: number): void {
  context.beginPath();
  for (const { x, y } of quad) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = `${color}26`;
  context.fill();
  context.lineJoin = 'round';
  context.lineWidth = 4 * unit;
  context.strokeStyle = '#ffffffb0';
  context.stroke();
  context.lineWidth = 2 * unit;
  context.strokeStyle = color;
  context.stroke();
}

/** A disc with the line's number, before the line's left end where there is room. */
function drawBadge(context: SKRSContext2D, quad: Quad, label: string, color: string, unit: number): void {
  const radius = 10 * unit;
  const left = midpoint(quad[0], quad[3]);
  const x = Math.max(radius + unit, left.x - radius - 4 * unit);
  const y = left.y;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 1.5 * unit;
  context.strokeStyle = '#ffffff';
  context.stroke();
  context.fillStyle = '#ffffff';
  context.font = font('DejaVu Sans Bold', 11 * unit);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(label, x, y);
}

/** The text in the place of its quad: as high as it, and no longer. */
function drawText(context: SKRSContext2D, line: Line): void {
  alongQuad(context, line, (natural, length) => {
    context.fillStyle = INK;
    context.scale(length / natural, 1);
    context.fillText(line.text, 0, 0);
  });
}

/** The confidence, small, after the text. */
function drawNotes(context: SKRSContext2D, line: Line, unit: number): void {
  alongQuad(context, line, (_, length) => {
    const notes = [`${(100 * line.confidence).toFixed(1)}%`, ...(line.turned ? ['turned by 180°'] : [])];
    context.font = font('DejaVu Sans', 10 * unit);
    context.fillStyle = QUIET;
    context.fillText(notes.join(', '), length + 8 * unit, 0);
  });
}

/**
 * Draws with the origin in the middle of the quad's left end and x along the quad, in a font that fits its height.
 * `natural` is the length of the text in that font, `length` the one that fits the quad, in pixels.
 */
function alongQuad(context: SKRSContext2D, line: Line, draw: (natural: number, length: number) => void): void {
  const { start, end, thickness } = middle(line.quad);
  context.save();
  context.translate(start.x, start.y);
  context.rotate(Math.atan2(end.y - start.y, end.x - start.x));
  context.font = font('DejaVu Sans', Math.max(1, thickness * 0.66));
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const natural = Math.max(1, context.measureText(line.text).width);
  draw(natural, Math.min(natural, distance(start, end)));
  context.restore();
}

/** The middle line of a quad along its longer side, from left to right or from top to bottom. */
function middle([topLeft, topRight, bottomRight, bottomLeft]: Quad): { start: Point; end: Point; thickness: number } {
  const across = { start: midpoint(topLeft, bottomLeft), end: midpoint(topRight, bottomRight) };
  const down = { start: midpoint(topLeft, topRight), end: midpoint(bottomLeft, bottomRight) };
  const width = distance(across.start, across.end);
  const height = distance(down.start, down.end);
  return height >= 1.5 * width ? { ...down, thickness: width } : { ...across, thickness: height };
}

function drawNothing(context: SKRSContext2D, { width, height }: Picture, unit: number): void {
  context.font = font('DejaVu Sans', 16 * unit);
  context.fillStyle = QUIET;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText('no text found', width / 2, height / 2);
}
