// The whole drawing in a strip at the side of a pane, and which part of it the pane shows.

import type { Camera, Size } from './camera.ts';
import { element } from './dom.ts';
import type { Scene } from './scene.ts';
import type { Colors } from './theme.ts';

const WIDTH = 56;
const MARGIN = 6;
/** No larger than so much of the actual size: small graphs need no map. */
const LARGEST = 0.1;

export class Minimap {
  readonly canvas = element('canvas', { className: 'minimap', aria: { hidden: 'true' } });
  #nodes: HTMLCanvasElement | undefined;
  #height = 0;
  #ratio = 1;

  /** @param onMove told which height of the drawing is to be in the middle */
  constructor(
    private readonly scene: Scene,
    private readonly onMove: (at: number) => void,
  ) {
    const move = (event: PointerEvent) => this.onMove((event.offsetY - MARGIN) / this.#scales()[1]);
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      move(event);
    };
    this.canvas.onpointermove = (event) => {
      if (this.canvas.hasPointerCapture(event.pointerId)) move(event);
    };
  }

  /** Paints all nodes anew: for another height, or other colours. */
  resize(height: number, ratio: number, colors: Colors): void {
    this.#height = height;
    this.#ratio = ratio;
    this.canvas.width = WIDTH * ratio;
    this.canvas.height = Math.max(1, height * ratio);
    this.#nodes = element('canvas', { width: this.canvas.width, height: this.canvas.height });
    const context = this.#nodes.getContext('2d')!;
    const { placed, nodes } = this.scene.drawing;
    const [sx, sy] = this.#scales();
    context.scale(ratio, ratio);
    placed.boxes.forEach(([x, y, width, h], node) => {
      context.fillStyle = colors.categories[nodes[node]!.category % colors.categories.length]!;
      context.fillRect(MARGIN + x * sx, MARGIN + y * sy, Math.max(1, width * sx - 1), Math.max(1, h * sy));
    });
  }

  paint(camera: Camera, pane: Size, colors: Colors): void {
    const context = this.canvas.getContext('2d')!;
    const [sx, sy] = this.#scales();
    const { width, height } = this.scene.drawing.placed;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.#nodes) context.drawImage(this.#nodes, 0, 0);
    context.scale(this.#ratio, this.#ratio);
    const within = (at: number, most: number) => Math.min(Math.max(at, 0), most);
    const [left, top] = [within(camera.x, width), within(camera.y, height)];
    const right = within(camera.x + pane.width / camera.scale, width);
    const bottom = within(camera.y + pane.height / camera.scale, height);
    context.strokeStyle = colors.accent;
    context.lineWidth = 2;
    context.beginPath();
    const size = [Math.max(4, (right - left) * sx + 4), Math.max(6, (bottom - top) * sy + 4)] as const;
    context.roundRect(MARGIN + left * sx - 2, MARGIN + top * sy - 2, ...size, 3);
    context.stroke();
  }

  #scales(): readonly [number, number] {
    const { width, height } = this.scene.drawing.placed;
    const fitting = (room: number, size: number) => Math.min(LARGEST, (room - 2 * MARGIN) / Math.max(size, 1));
    return [fitting(WIDTH, width), fitting(this.#height, height)];
  }
}
