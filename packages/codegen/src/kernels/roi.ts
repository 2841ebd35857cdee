// Regions of interest: a cell of a region's grid is the largest of the elements that it covers (MaxRoiPool), or the mean or
// largest of points in it, between elements (RoiAlign). One cell of one channel an invocation.

import { maxRoiPoolGeometry, type Node, type NodeView, type RoiGeometry, roiAlignGeometry } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';

/** A cell, as an invocation sees it. */
interface Cell {
  readonly e: Emitter;
  readonly node: Node;
  readonly g: RoiGeometry;
  readonly roi: Ix;
  readonly channel: Ix;
  readonly row: Ix;
  readonly column: Ix;
}

interface Pooling {
  op: string;
  id: string;
  summary: string;
  geometry(at: NodeView): RoiGeometry;
  /** Emits the result of a cell, as an expression. */
  pool(cell: Cell): string;
}

function defineRoiPool({ op, id, summary, geometry, pool }: Pooling): Kernel {
  return defineKernel<null>({
    id,
    version: 1,
    summary,
    ops: [op],
    ownsWords: true,
    applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
    params: () => [null],
    cost: () => 1,
    emit(e, { group }) {
      const node = group.anchor!;
      const g = geometry(node.view());
      return emitResult(e, group.accumulated.type.shape, (position) => {
        const [roi, channel, row, column] = position.coords(e.shader) as [Ix, Ix, Ix, Ix];
        return pool({ e, node, g, roi, channel, row, column });
      });
    },
  });
}

/** Number i of the region. */
function numberOf({ e, node, roi }: Cell, i: number): string {
  const rois = node.inputs[1]!;
  return e.shader.let(e.read(rois, Position.at(rois.type.shape, [roi, i])));
}

const scaleOf = ({ e, node }: Cell) => literal(e.shader, node.view().float('spatial_scale'), 'f32');
const float = (x: Ix) => `f32(${ix.text(x)})`;

/** The nearest integer, halves away from zero. */
const HALF_AWAY = 'fn half_away(x: f32) -> f32 { return sign(x) * floor(abs(x) + 0.5f); }';

export const maxRoiPool = defineRoiPool({
  op: 'MaxRoiPool',
  id: 'roi.max-pool',
  summary: 'the largest element of a cell of a region, one cell an invocation',
  geometry: maxRoiPoolGeometry,
  pool(cell) {
    const { e, node, g, channel } = cell;
    const { shader } = e;
    const input = node.inputs[0]!;
    const scale = scaleOf(cell);
    shader.global(HALF_AWAY);
    const batch = shader.let(`u32(${numberOf(cell, 0)})`, 'batch');
    const corner = (i: number) => shader.let(`half_away(${numberOf(cell, i)} * ${scale})`);
    const [x1, y1, x2, y2] = [1, 2, 3, 4].map(corner) as [string, string, string, string];
    /** Where the cell begins and ends along an axis. */
    const between = (low: string, high: string, cells: number, place: Ix, limit: Ix) => {
      const size = shader.let(`max(${high} - ${low} + 1.0f, 1.0f)`, 'size');
      // Multiplied first: a quotient would move ends that are whole numbers.
      const at = (i: Ix) => `${float(i)} * ${size} / ${literal(shader, cells, 'f32')}`;
      const clipped = (x: string) => shader.let(`u32(clamp(${x} + ${low}, 0.0f, ${float(limit)}))`, 'end');
      return [clipped(`floor(${at(place)})`), clipped(`ceil(${at(ix.add(place, 1))})`)] as const;
    };
    const [top, bottom] = between(y1, y2, g.rows, cell.row, e.size(g.height));
    const [left, right] = between(x1, x2, g.columns, cell.column, e.size(g.width));
    const best = shader.name('best');
    const least = literal(shader, Number.NEGATIVE_INFINITY, 'f32');
    shader.line(`var ${best} = select(0.0f, ${least}, (${bottom} > ${top}) & (${right} > ${left}));`);
    const each = (from: string, to: string, body: (i: string) => void) => {
      const i = shader.name('i');
      shader.block(`for (var ${i} = ${from}; ${i} < ${to}; ${i}++)`, () => body(i));
    };
    each(top, bottom, (y) =>
      each(left, right, (x) => {
        const element = shader.let(e.read(input, Position.at(input.type.shape, [batch, channel, y, x])));
        shader.line(`${best} = ${printBinary(shader, 'max', best, element, 'float32')};`);
      }),
    );
    return best;
  },
});

export const roiAlign = defineRoiPool({
  op: 'RoiAlign',
  id: 'roi.align',
  summary: 'the mean or largest of points in a cell of a region, one cell an invocation',
  geometry: roiAlignGeometry,
  pool(cell) {
    const { e, node, g } = cell;
    const { shader } = e;
    const at = node.view();
    const scale = scaleOf(cell);
    const shifted = at.string('coordinate_transformation_mode') === 'half_pixel';
    const largest = at.string('mode') === 'max';
    const ratio = at.int('sampling_ratio');
    const corner = (i: number) => shader.let(`${numberOf(cell, i)} * ${scale}${shifted ? ' - 0.5f' : ''}`);
    const [x1, y1, x2, y2] = [0, 1, 2, 3].map(corner) as [string, string, string, string];
    /** The points of the cell along an axis: how many, and where one is. */
    const along = (low: string, high: string, cells: number, place: Ix) => {
      // Without the shift a region has at least the size of one element.
      const extent = shifted ? `(${high} - ${low})` : `max(${high} - ${low}, 1.0f)`;
      const size = shader.let(`${extent} / ${literal(shader, cells, 'f32')}`, 'size');
      const count: Ix = ratio > 0 ? ratio : shader.let(`u32(max(ceil(${size}), 0.0f))`, 'count');
      const start = shader.let(`${low} + ${float(place)} * ${size}`, 'start');
      return { count, at: (i: Ix) => shader.let(`${start} + (${float(i)} + 0.5f) * ${size} / ${float(count)}`, 'at') };
    };
    const down = along(y1, y2, g.rows, cell.row);
    const across = along(x1, x2, g.columns, cell.column);
    const indices = node.inputs[2]!;
    const batch = shader.let(`u32(${e.read(indices, Position.at(indices.type.shape, [cell.roi]))})`, 'batch');
    const acc = shader.name('acc');
    shader.line(`var ${acc} = ${literal(shader, largest ? Number.NEGATIVE_INFINITY : 0, 'f32')};`);
    shader.loop(down.count, 'i', (i) =>
      shader.loop(across.count, 'j', (j) => {
        for (const part of corners(cell, batch, down.at(i), across.at(j)))
          shader.line(`${acc} = ${printBinary(shader, largest ? 'max' : 'add', acc, part, 'float32')};`);
      }),
    );
    const count = shader.let(`${float(down.count)} * ${float(across.count)}`, 'points');
    return `select(${largest ? acc : `${acc} / ${count}`}, 0.0f, ${count} == 0.0f)`;
  },
});

/** The four elements around a point, each times its part of the linear interpolation there; zeros for a point outside. */
function corners({ e, node, g, channel }: Cell, batch: string, y: string, x: string): string[] {
  const { shader } = e;
  const input = node.inputs[0]!;
  const axis = (point: string, size: Ix) => {
    const last = ix.text(ix.sub(size, 1));
    const inside = shader.let(`max(${point}, 0.0f)`);
    const before = shader.let(`min(u32(floor(${inside})), ${last})`, 'before');
    const rest = shader.let(`select(${inside} - f32(${before}), 0.0f, ${before} == ${last})`, 'rest');
    const after = shader.let(`min(${before} + 1u, ${last})`, 'after');
    return [
      { place: before, weight: `(1.0f - ${rest})` },
      { place: after, weight: rest },
    ];
  };
  const [height, width] = [e.size(g.height), e.size(g.width)];
  const rows = axis(y, height);
  const columns = axis(x, width);
  const outside = `(${y} < -1.0f) | (${y} > ${float(height)}) | (${x} < -1.0f) | (${x} > ${float(width)})`;
  const test = shader.let(outside, 'outside');
  return rows.flatMap((row) =>
    columns.map((column) => {
      const at = [batch, channel, row.place, column.place];
      const element = e.read(input, Position.at(input.type.shape, at));
      return shader.let(`select(${row.weight} * ${column.weight} * ${element}, 0.0f, ${test})`);
    }),
  );
}
