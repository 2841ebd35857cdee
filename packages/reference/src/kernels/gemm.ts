// Matrix product in float64: panels of four rows and four columns, packed so that the innermost loop reads both in order
// and keeps its sixteen sums in registers.

/** Rows and columns of a panel. */
const TILE = 4;
/** Columns and depth of the block of B that stays in the cache while all rows pass over it. */
const COLUMNS = 128;
const DEPTH = 256;
/** Between panels of B, so that they do not all fall into one set of the cache. */
const GAP = 8;

/** A matrix in panels of four rows: element (row, k) is at (⌊row/4⌋·depth + k)·4 + row mod 4. */
export interface PackedRows {
  readonly rows: number;
  readonly depth: number;
  readonly data: Float64Array;
}

/** Packs `rows` × `depth` numbers, element (row, k) being values[start + row·rowStride + k·depthStride]. */
export function packRows(
  values: Float64Array,
  rows: number,
  depth: number,
  start: number,
  rowStride: number,
  depthStride: number,
): PackedRows {
  const data = new Float64Array(Math.ceil(rows / TILE) * TILE * depth);
  for (let row = 0; row < rows; row++) {
    let to = (row - (row % TILE)) * depth + (row % TILE);
    let from = start + row * rowStride;
    for (let k = 0; k < depth; k++, to += TILE, from += depthStride) data[to] = values[from]!;
  }
  return { rows, depth, data };
}

/**
 * Gives row `depth` of B, columns [column, column + columns): writes them to the start of `row`.
 * Called for all columns of a block, depth by depth.
 */
export type RowOf = (row: Float64Array, depth: number, column: number, columns: number) => void;

/** Receives the sums of columns [column, column + columns): element (row, c) is at row·stride + c of `sums`. */
export type Store = (sums: Float64Array, stride: number, column: number, columns: number) => void;

/** A × B for a packed A and a B of `columns` columns that is read row by row. */
export function gemm(a: PackedRows, columns: number, rowOf: RowOf, store: Store): void {
  const rowTiles = Math.ceil(a.rows / TILE);
  const panels = new Float64Array((COLUMNS / TILE) * (DEPTH * TILE + GAP));
  const sums = new Float64Array(rowTiles * TILE * COLUMNS);
  const row = new Float64Array(COLUMNS);
  for (let column = 0; column < columns; column += COLUMNS) {
    const wide = Math.min(COLUMNS, columns - column);
    const tiles = Math.ceil(wide / TILE);
    row.fill(0);
    sums.fill(0);
    for (let depth = 0; depth < a.depth; depth += DEPTH) {
      const depths = Math.min(DEPTH, a.depth - depth);
      const stride = depths * TILE + GAP;
      for (let k = 0; k < depths; k++) {
        rowOf(row, depth + k, column, wide);
        distribute(row, panels, k * TILE, stride, tiles);
      }
      for (let i = 0; i < rowTiles; i++)
        for (let j = 0; j < tiles; j++)
          tile(a.data, (i * a.depth + depth) * TILE, panels, j * stride, depths, sums, i * TILE * COLUMNS + j * TILE);
    }
    store(sums, COLUMNS, column, wide);
  }
}

/** Rows of a matrix in memory: element (k, c) is values[start + k·depthStride + c·columnStride]. */
export function rowsOf(values: Float64Array, start: number, depthStride: number, columnStride: number): RowOf {
  return (row, depth, column, columns) => {
    let from = start + depth * depthStride + column * columnStride;
    for (let c = 0; c < columns; c++, from += columnStride) row[c] = values[from]!;
  };
}

/** Four numbers of a row to each panel. */
function distribute(row: Float64Array, panels: Float64Array, start: number, stride: number, tiles: number): void {
  let to = start;
  for (let c = 0; c < tiles * TILE; c += TILE, to += stride) {
    panels[to] = row[c]!;
    panels[to + 1] = row[c + 1]!;
    panels[to + 2] = row[c + 2]!;
    panels[to + 3] = row[c + 3]!;
  }
}

/** sums[4 × 4] += a panel of A times a panel of B. */
// biome-ignore format: one row of the tile a line
function tile(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  depth: number,
  sums: Float64Array,
  at: number,
): void {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0, c10 = 0, c11 = 0, c12 = 0, c13 = 0;
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0, c30 = 0, c31 = 0, c32 = 0, c33 = 0;
  let p = aStart;
  let q = bStart;
  for (let k = 0; k < depth; k++, p += 4, q += 4) {
    const b0 = b[q]!, b1 = b[q + 1]!, b2 = b[q + 2]!, b3 = b[q + 3]!;
    const a0 = a[p]!;
    c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2; c03 += a0 * b3;
    const a1 = a[p + 1]!;
    c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2; c13 += a1 * b3;
    const a2 = a[p + 2]!;
    c20 += a2 * b0; c21 += a2 * b1; c22 += a2 * b2; c23 += a2 * b3;
    const a3 = a[p + 3]!;
    c30 += a3 * b0; c31 += a3 * b1; c32 += a3 * b2; c33 += a3 * b3;
  }
  sums[at]! += c00; sums[at + 1]! += c01; sums[at + 2]! += c02; sums[at + 3]! += c03;
  const r1 = at + COLUMNS, r2 = r1 + COLUMNS, r3 = r2 + COLUMNS;
  sums[r1]! += c10; sums[r1 + 1]! += c11; sums[r1 + 2]! += c12; sums[r1 + 3]! += c13;
  sums[r2]! += c20; sums[r2 + 1]! += c21; sums[r2 + 2]! += c22; sums[r2 + 3]! += c23;
  sums[r3]! += c30; sums[r3 + 1]! += c31; sums[r3 + 2]! += c32; sums[r3 + 3]! += c33;
}
