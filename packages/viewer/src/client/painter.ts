// Paints what a camera sees of a scene. The smaller it is, the less of each node is shown.

import type { DrawnNode } from '../drawing.ts';
import { FAR_HEIGHT } from '../placed.ts';
import type { Camera, Size } from './camera.ts';
import type { Scene } from './scene.ts';
import type { Mark } from './state.ts';
import type { Colors } from './theme.ts';

/** What is to be seen of the nodes besides what they are. */
export interface Look {
  readonly colors: Colors;
  readonly selected: number | undefined;
  /** Nodes of the other graph's selection. */
  readonly related: ReadonlySet<number>;
  readonly matches: ReadonlySet<number>;
  readonly hovered: number | undefined;
  readonly mark: (node: number) => Mark | undefined;
}

/** From these scales on texts are legible, titles alone, and corners seen to be round. */
const TEXT = 0.5;
const TITLES = 0.24;
const CORNERS = 0.1;
const RADIUS = 9;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", "Helvetica Neue", sans-serif';
const [TITLE, SMALL, LARGE] = [`600 13px ${FONT}`, `11.5px ${FONT}`, `600 26px ${FONT}`];

export class Painter {
  readonly #clipped = new Map<string, string>();

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly scene: Scene,
  ) {}

  paint(camera: Camera, pane: Size, ratio: number, look: Look): void {
    const { context } = this;
    const { colors, selected } = look;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = colors.paper;
    context.fillRect(0, 0, pane.width * ratio, pane.height * ratio);
    const scale = camera.scale * ratio;
    context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
    const bottom = camera.y + pane.height / camera.scale;
    const right = camera.x + pane.width / camera.scale;
    const { nodes, edges } = this.scene.between(camera.y, bottom);
    const boxes = this.scene.drawing.placed.boxes;

    context.lineJoin = 'round';
    this.#lines(
      [...edges].filter(({ link }) => !link.includes(selected ?? -1)).map(({ points }) => points),
      colors.edge,
      Math.max(1.3, 0.8 / camera.scale),
      camera.scale >= TITLES,
    );
    const incident = [...edges].filter(({ link }) => link.includes(selected ?? -1));
    this.#lines(
      incident.map(({ points }) => points),
      colors.accent,
      Math.max(2, 1.6 / camera.scale),
      true,
    );
    for (const node of nodes) {
      const [x, , width] = boxes[node]!;
      if (x <= right && x + width >= camera.x) this.#node(node, camera.scale, look);
    }
    if (selected !== undefined) this.#farLines(selected, camera.scale, colors);
  }

  #lines(lines: readonly (readonly number[])[], color: string, width: number, arrows: boolean): void {
    const { context } = this;
    context.strokeStyle = color;
    context.fillStyle = color;
    context.lineWidth = width;
    context.beginPath();
    for (const points of lines) trace(context, points);
    context.stroke();
    if (!arrows) return;
    context.beginPath();
    for (const points of lines) {
      const [x, y] = [points.at(-2)!, points.at(-1)!];
      context.moveTo(x, y);
      context.lineTo(x - 4, y - 7);
      context.lineTo(x + 4, y - 7);
      context.closePath();
    }
    context.fill();
  }

  /** What a node is connected with over a long way, as long as it is selected. */
  #farLines(selected: number, scale: number, colors: Colors): void {
    const { context, scene } = this;
    const { far, boxes } = scene.drawing.placed;
    context.save();
    context.setLineDash([6 / scale, 5 / scale]);
    context.strokeStyle = colors.accent;
    context.lineWidth = 1.5 / scale;
    context.beginPath();
    for (const [from, to] of far) {
      if (from !== selected && to !== selected) continue;
      const [start, end] = [scene.center(from), scene.center(to)];
      const lower = boxes[from]![1] + boxes[from]![3];
      context.moveTo(start.x, lower);
      context.bezierCurveTo(start.x, lower + 200, end.x, boxes[to]![1] - 200, end.x, boxes[to]![1]);
    }
    context.stroke();
    context.restore();
  }

  #node(index: number, scale: number, look: Look): void {
    const { context, scene } = this;
    const { colors } = look;
    const node = scene.drawing.nodes[index]!;
    const [x, y, width, height] = scene.drawing.placed.boxes[index]!;
    const color = colors.categories[node.category % colors.categories.length]!;
    const radius = node.end ? height / 2 : RADIUS;
    const ring = ringOf(index, look);
    if (ring) {
      const size = Math.max(index === look.selected ? 3.5 : 2, 2.5 / scale);
      fillRound(context, [x - size, y - size, width + 2 * size, height + 2 * size], radius + size, ring);
    }
    if (scale < CORNERS) {
      context.fillStyle = color;
      context.fillRect(x, y, width, height);
      return;
    }
    if (scale < TITLES) {
      fillRound(context, [x, y, width, height], radius, color);
      return;
    }
    fillRound(context, [x, y, width, height], radius, ring ?? colors.border);
    fillRound(context, [x + 1, y + 1, width - 2, height - 2], radius - 1, colors.card);
    if (!node.end) {
      context.save();
      context.beginPath();
      context.roundRect(x + 1, y + 1, width - 2, height - 2, radius - 1);
      context.clip();
      context.fillStyle = color;
      context.fillRect(x, y, 6, height);
      context.restore();
    }
    if (scale < TEXT) this.#largeTitle(node, [x, y, width, height], colors);
    else this.#texts(index, node, [x, y, width, height], look);
  }

  #largeTitle({ title, name, end }: DrawnNode, [x, y, width, height]: readonly number[], colors: Colors): void {
    const { context } = this;
    context.font = LARGE;
    context.fillStyle = colors.text;
    context.textBaseline = 'middle';
    const text = this.#clip(end ? name : title, LARGE, width! - 26);
    context.fillText(text, x! + (end ? (width! - context.measureText(text).width) / 2 : 16), y! + height! / 2 + 1);
  }

  #texts(index: number, node: DrawnNode, [x, y, width]: readonly number[], look: Look): void {
    const { context, scene } = this;
    const { colors } = look;
    const mark = look.mark(index);
    const value = scene.drawing.values[node.outputs[0] ?? node.inputs[0]?.[1] ?? -1];
    const [above, below] = scene.farOf(index);
    const lines = [
      ...(node.end ? [] : [[node.name, colors.muted]]),
      ...(value ? [[value.type, colors.muted]] : []),
      ...(above > 0 ? [['↥ more from above', colors.accent]] : []),
      ...(below > 0 ? [[`↧ ${below} more below`, colors.accent]] : []),
    ] as const;
    const left = x! + (node.end ? 20 : 16);
    const room = width! - (node.end ? 40 : 28);
    context.textBaseline = 'alphabetic';
    context.font = TITLE;
    context.fillStyle = colors.text;
    const title = this.#clip(node.end ? node.name : node.title, TITLE, mark ? room - 14 : room);
    context.fillText(title, left, y! + 20);
    context.font = SMALL;
    lines.forEach(([text, color], i) => {
      context.fillStyle = color!;
      context.fillText(this.#clip(text!, SMALL, room), left, y! + 37 + i * FAR_HEIGHT);
    });
    if (!mark) return;
    context.font = `700 16px ${FONT}`;
    context.fillStyle = { '+': colors.added, '−': colors.removed, '~': colors.muted }[mark];
    context.fillText(mark, x! + width! - 19, y! + 20);
  }

  /** The text, its middle left out where it is too long: names differ at their ends. */
  #clip(text: string, font: string, room: number): string {
    const key = `${font}\n${room}\n${text}`;
    let clipped = this.#clipped.get(key);
    if (clipped !== undefined) return clipped;
    const fits = (shown: string) => this.context.measureText(shown).width <= room;
    clipped = text;
    if (!fits(text)) {
      let [low, high] = [1, text.length];
      while (low < high - 1) {
        const middle = (low + high) >> 1;
        if (fits(shortened(text, middle))) low = middle;
        else high = middle;
      }
      clipped = shortened(text, low);
    }
    this.#clipped.set(key, clipped);
    return clipped;
  }
}

function shortened(text: string, kept: number): string {
  const head = Math.floor(kept * 0.4);
  return `${text.slice(0, head)}…${text.slice(text.length - (kept - head))}`;
}

function ringOf(node: number, { selected, related, matches, hovered, colors }: Look): string | undefined {
  if (node === selected || related.has(node)) return colors.accent;
  if (matches.has(node)) return colors.match;
  return node === hovered ? colors.muted : undefined;
}

function fillRound(
  context: CanvasRenderingContext2D,
  [x, y, width, height]: readonly [number, number, number, number],
  radius: number,
  color: string,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
}

/** Upright through layers, in an S between them. */
function trace(context: CanvasRenderingContext2D, points: readonly number[]): void {
  let [x, y] = [points[0]!, points[1]!];
  context.moveTo(x, y);
  for (let i = 2; i < points.length; i += 2) {
    const [nextX, nextY] = [points[i]!, points[i + 1]!];
    if (nextX === x) context.lineTo(nextX, nextY);
    else {
      const middle = (y + nextY) / 2;
      context.bezierCurveTo(x, middle, nextX, middle, nextX, nextY);
    }
    [x, y] = [nextX, nextY];
  }
}
