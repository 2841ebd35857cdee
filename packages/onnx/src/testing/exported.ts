// Graphs in the files of older opsets: ONNX Runtime and the importer have to find in them what the reference computes.

import { cloneGraph, type Graph, GraphBuilder, removeDead, type Tensor, type Tensors, type Value } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { expect } from 'vitest';
import { expectClose, type Tolerance } from '../../../../tests/support/compare.ts';
import { runModelWithOnnxRuntime } from '../../../../tests/support/onnx-oracle.ts';
import { exportModel, exportParts } from '../export/export.ts';
import { importModel } from '../import/import.ts';

/** The newest opset that ONNX Runtime takes. */
const NEWEST_RUN = 26;

export interface ExportedOptions extends Tolerance {
  /** The oldest opset that can say it; 17. */
  readonly from?: number;
  /** The oldest opset that ONNX Runtime is asked in: what it has kernels for. `from` by default, undefined for none. */
  readonly asked?: number | 'never';
}

/** A graph of what `make` builds, with outputs y0, y1, … */
export function graphOf(make: (b: GraphBuilder) => Value | readonly Value[]): Graph {
  const b = new GraphBuilder('case');
  const made = make(b);
  (Array.isArray(made) ? (made as readonly Value[]) : [made as Value]).forEach((value, i) => {
    b.output(`y${i}`, value);
  });
  return b.graph;
}

/**
 * Exports the graph in each opset, and runs the oldest file in ONNX Runtime and all of them, imported again, in the
 * reference. All have to give what the reference computes for the graph itself.
 * @returns the ops of the oldest file in data order
 */
export async function expectExported(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
  { from = 17, asked = from, ...tolerance }: ExportedOptions = {},
): Promise<string[]> {
  const feeds: Tensors = new Map(Object.entries(inputs));
  const expected = await new ReferenceRunner(graph).run(feeds);
  if (asked !== 'never') {
    const found = await runModelWithOnnxRuntime(exportModel(graph, { opset: asked }), inputs);
    expectAll(found, expected, tolerance, `ONNX Runtime, opset ${asked}`);
  }
  for (let opset = from; opset <= NEWEST_RUN; opset++) {
    const again = await importModel(exportModel(graph, { opset }));
    expect(again.model.opsets.get('')).toBe(opset);
    expectAll(await new ReferenceRunner(again.graph).run(feeds), expected, tolerance, `opset ${opset}`);
  }
  const { written } = exportParts(graph, { opset: from });
  // Nothing was added that is not needed.
  expect(removeDead(cloneGraph(written))).toBe(0);
  return written.topological().map(({ op }) => op.name);
}

function expectAll(
  actual: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
  tolerance: Tolerance,
  what: string,
): void {
  for (const [name, tensor] of expected) expectClose(actual.get(name)!, tensor, tolerance, `${name}, ${what}`);
}

/** float32 numbers that are the same each time. */
export function floats(dims: readonly number[], scale = 1): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  return {
    dtype: 'float32',
    dims,
    data: Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1.7 * i + 1)),
  };
}

export function integers(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return { dtype: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}
