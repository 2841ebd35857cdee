// Which part of a drawing a pane shows, and how large.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const LARGEST = 3;

export class Camera {
  /** What of the drawing is in the pane's upper left corner. */
  x = 0;
  y = 0;
  scale = 1;
  smallest = 0.01;

  toDrawing({ x, y }: Point): Point {
    return { x: this.x + x / this.scale, y: this.y + y / this.scale };
  }

  toPane({ x, y }: Point): Point {
    return { x: (x - this.x) * this.scale, y: (y - this.y) * this.scale };
  }

  /** By pixels of the pane. */
  pan(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
  }

  /** What is under the point of the pane stays there. */
  zoom(factor: number, at: Point): void {
    const fixed = this.toDrawing(at);
    this.scale = Math.min(LARGEST, Math.max(this.smallest, this.scale * factor));
    this.x = fixed.x - at.x / this.scale;
    this.y = fixed.y - at.y / this.scale;
  }

  /** Puts a point of the drawing at a point of the pane. */
  put({ x, y }: Point, at: Point): void {
    this.x = x - at.x / this.scale;
    this.y = y - at.y / this.scale;
  }

  /** Shows the whole drawing; never larger than it is. */
  fit(drawing: Size, pane: Size, margin = 24): void {
    this.scale = fitting(drawing, pane, margin);
    this.put({ x: drawing.width / 2, y: drawing.height / 2 }, { x: pane.width / 2, y: pane.height / 2 });
  }

  /** How small it may get: somewhat smaller than the whole drawing. */
  limit(drawing: Size, pane: Size): void {
    this.smallest = Math.min(0.2, fitting(drawing, pane, 24) / 2);
  }
}

export function fitting(drawing: Size, pane: Size, margin: number): number {
  const scale = Math.min(
    (pane.width - 2 * margin) / Math.max(1, drawing.width),
    (pane.height - 2 * margin) / Math.max(1, drawing.height),
  );
  return Math.min(1, Math.max(1e-4, scale));
}
