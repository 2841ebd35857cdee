// One graph on a canvas that the reader moves about in, by pointer, wheel, touch and keys.

import type { PageDrawing } from '../page-data.ts';
import { Camera, fitting, type Point } from './camera.ts';
import { element } from './dom.ts';
import { Minimap } from './minimap.ts';
import { type Look, Painter } from './painter.ts';
import { Scene } from './scene.ts';

/** What of a pane's look the application decides. */
export type View = Omit<Look, 'hovered'>;

export interface PaneOptions {
  /** For those who do not see it. */
  readonly label: string;
  readonly drawing: PageDrawing;
  readonly view: () => View;
  readonly onSelect: (node: number | undefined) => void;
  readonly onZoom: (scale: number) => void;
}

const STEP = 1.25;
const PAN = 80;
const MOVE_MS = 220;
/** So far may the pointer move in a click. */
const CLICK = 4;

export class Pane {
  readonly element: HTMLElement;
  readonly scene: Scene;
  readonly camera = new Camera();
  readonly #canvas: HTMLCanvasElement;
  readonly #painter: Painter;
  readonly #minimap: Minimap;
  readonly #pointers = new Map<number, Point>();
  readonly #resizes = new ResizeObserver(() => this.#resize());
  #dragged = 0;
  #hovered: number | undefined;
  #frame = 0;
  #move: { readonly from: Point; readonly to: Point; readonly start: number } | undefined;
  #size = { width: 0, height: 0 };

  constructor(private readonly options: PaneOptions) {
    const { drawing, label } = options;
    this.scene = new Scene(drawing);
    this.#canvas = element('canvas', {
      className: 'graph',
      tabIndex: 0,
      aria: { role: 'application', label, describedby: 'keys' },
    });
    this.#painter = new Painter(this.#canvas.getContext('2d', { alpha: false })!, this.scene);
    this.#minimap = new Minimap(this.scene, (at) => {
      const { width, height } = this.#size;
      const middle = this.camera.toDrawing({ x: width / 2, y: height / 2 });
      this.camera.put({ x: middle.x, y: at }, { x: width / 2, y: height / 2 });
      this.#moved();
    });
    this.element = element('div', { className: 'canvases' }, this.#canvas, this.#minimap.canvas);
    this.#listen();
    this.#resizes.observe(this.element);
  }

  close(): void {
    this.#resizes.disconnect();
    cancelAnimationFrame(this.#frame);
    this.element.remove();
  }

  focus(): void {
    this.#canvas.focus({ preventScroll: true });
  }

  /** Paints soon: once, however often it is asked. */
  paint(): void {
    this.#frame ||= requestAnimationFrame((now) => {
      this.#frame = 0;
      this.#advance(now);
      const view = this.options.view();
      this.#painter.paint(this.camera, this.#size, devicePixelRatio, { ...view, hovered: this.#hovered });
      this.#minimap.paint(this.camera, this.#size, view.colors);
    });
  }

  recolor(): void {
    this.#minimap.resize(this.#size.height, devicePixelRatio, this.options.view().colors);
    this.paint();
  }

  zoom(factor: number, at: Point = { x: this.#size.width / 2, y: this.#size.height / 2 }): void {
    this.#move = undefined;
    this.camera.zoom(factor, at);
    this.#moved();
  }

  fit(): void {
    this.#move = undefined;
    this.camera.fit(this.scene.drawing.placed, this.#size);
    this.#moved();
  }

  actualSize(): void {
    this.zoom(1 / this.camera.scale);
  }

  /** Brings a node into the middle, large enough to be read, unless it can be seen well where it is. */
  reveal(node: number): void {
    const { width, height } = this.#size;
    if (width === 0) return;
    const center = this.scene.center(node);
    if (this.camera.scale < 0.6) this.camera.zoom(1 / this.camera.scale, this.camera.toPane(center));
    const { x, y } = this.camera.toPane(center);
    const [mx, my] = [Math.min(110, width / 3), Math.min(70, height / 3)];
    this.options.onZoom(this.camera.scale);
    this.paint();
    if (x > mx && x < width - mx && y > my && y < height - my) return;
    const to = { x: center.x - width / 2 / this.camera.scale, y: center.y - height / 2 / this.camera.scale };
    const from = { x: this.camera.x, y: this.camera.y };
    // Far away, and for those who want no motion, at once.
    const near = Math.hypot(to.x - from.x, to.y - from.y) * this.camera.scale < 3 * height;
    if (near && !matchMedia('(prefers-reduced-motion: reduce)').matches)
      this.#move = { from, to, start: performance.now() };
    else Object.assign(this.camera, to);
  }

  #advance(now: number): void {
    if (!this.#move) return;
    const { from, to, start } = this.#move;
    const part = Math.min(1, Math.max(0, (now - start) / MOVE_MS));
    const eased = 1 - (1 - part) ** 3;
    this.camera.x = from.x + (to.x - from.x) * eased;
    this.camera.y = from.y + (to.y - from.y) * eased;
    if (part === 1) this.#move = undefined;
    else this.paint();
  }

  #moved(): void {
    this.options.onZoom(this.camera.scale);
    this.paint();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const first = this.#size.width === 0;
    const middle = this.camera.toDrawing({ x: this.#size.width / 2, y: this.#size.height / 2 });
    this.#size = { width, height };
    this.#canvas.width = Math.max(1, width * devicePixelRatio);
    this.#canvas.height = Math.max(1, height * devicePixelRatio);
    this.camera.limit(this.scene.drawing.placed, this.#size);
    if (first) this.#begin();
    else this.camera.put(middle, { x: width / 2, y: height / 2 });
    this.recolor();
  }

  /** The whole drawing where that is legible, else its beginning. */
  #begin(): void {
    const { placed } = this.scene.drawing;
    const { width } = this.#size;
    const whole = fitting(placed, this.#size, 24);
    if (whole > 0.75) this.camera.fit(placed, this.#size);
    else {
      this.camera.scale = Math.min(1, Math.max(0.9, (width - 48) / placed.width));
      const first = placed.boxes.findIndex((_, node) => this.scene.linksOf(node).length > 0);
      const middle =
        placed.width * this.camera.scale < width ? placed.width / 2 : this.scene.center(Math.max(0, first)).x;
      this.camera.put({ x: middle, y: 0 }, { x: width / 2, y: 28 });
    }
    const { selected } = this.options.view();
    if (selected !== undefined) this.reveal(selected);
    this.options.onZoom(this.camera.scale);
  }

  #listen(): void {
    const canvas = this.#canvas;
    const at = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });
    canvas.onpointerdown = (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, at(event));
      this.#dragged = 0;
      this.#move = undefined;
    };
    canvas.onpointermove = (event) => {
      const before = this.#pointers.get(event.pointerId);
      if (before) this.#drag(event.pointerId, before, at(event));
      else this.#hover(this.scene.nodeAt(this.camera.toDrawing(at(event))));
    };
    canvas.onpointerup = canvas.onpointercancel = (event) => {
      const held = this.#pointers.delete(event.pointerId);
      canvas.classList.remove('dragging');
      if (held && event.type === 'pointerup' && this.#dragged <= CLICK)
        this.options.onSelect(this.scene.nodeAt(this.camera.toDrawing(at(event))));
    };
    canvas.onpointerleave = () => this.#hover(undefined);
    canvas.onwheel = (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.shiftKey) {
        this.camera.pan(-(event.deltaX || event.deltaY) * lines, 0);
        this.#moved();
      } else this.zoom(Math.exp((-event.deltaY * lines) / (event.ctrlKey ? 100 : 500)), at(event));
    };
    canvas.onkeydown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.#key(event.key)) return;
      event.preventDefault();
    };
  }

  /** One pointer moves the drawing, two zoom it. */
  #drag(id: number, before: Point, now: Point): void {
    const other = [...this.#pointers].find(([key]) => key !== id)?.[1];
    this.#pointers.set(id, now);
    this.#dragged += Math.hypot(now.x - before.x, now.y - before.y);
    if (this.#dragged > CLICK) this.#canvas.classList.add('dragging');
    if (other) {
      const apart = (point: Point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      this.camera.zoom(apart(now) / apart(before), other);
    } else this.camera.pan(now.x - before.x, now.y - before.y);
    this.#moved();
  }

  #hover(node: number | undefined): void {
    this.#canvas.classList.toggle('pointing', node !== undefined);
    if (node === this.#hovered) return;
    this.#hovered = node;
    this.paint();
  }

  /** Whether the key means something here. */
  #key(key: string): boolean {
    const { selected } = this.options.view();
    const direction = ({ ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' } as const)[key];
    if (direction && selected !== undefined) {
      const next = this.scene.neighbour(selected, direction);
      if (next !== undefined) this.options.onSelect(next);
    } else if (direction) {
      this.camera.pan(
        { up: 0, down: 0, left: PAN, right: -PAN }[direction],
        { up: PAN, down: -PAN, left: 0, right: 0 }[direction],
      );
      this.#moved();
    } else if (key === '+' || key === '=') this.zoom(STEP);
    else if (key === '-') this.zoom(1 / STEP);
    else if (key === '0') this.fit();
    else if (key === '1') this.actualSize();
    else if (key === 'Escape') this.options.onSelect(undefined);
    else if (key === 'Enter' && selected === undefined) this.options.onSelect(0);
    else return false;
    return true;
  }
}
