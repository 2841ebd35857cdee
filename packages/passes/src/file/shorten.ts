// A graph that is about to be written as a file, in fewer nodes: what an op that the file's opset lacks was spelled out as
// leaves room, and some ops are of files alone.

import { cloneGraph, type Graph, standardOps } from '@trtx/ir';
import { type Firing, optimize } from '../manager.ts';
import {
  canonicalReshapes,
  commonSubexpressions,
  deadCode,
  removeNoOps,
  spellSizes,
} from '../passes/simplify/index.ts';
import type { Pass } from '../rule.ts';
import { dynamicQuantizeLinear, joinDynamicQuantize } from './dynamic-quantize.ts';
import { flattenRows } from './flatten-rows.ts';
import { joinViews } from './split-views.ts';

const FILE_OPS = standardOps.with([dynamicQuantizeLinear]);

/** What follows each of them. */
const TIDY: readonly Pass[] = [deadCode, canonicalReshapes, removeNoOps, spellSizes, commonSubexpressions];

/** What is done for files alone. */
export const FILE_PASSES: readonly Pass[] = [joinDynamicQuantize, joinViews, flattenRows];

export interface ShortenOptions {
  /** Leave these out: names of passes, or `pass/rule`. */
  readonly skip?: readonly string[];
  /** Called with each change, counted from 1. */
  readonly onTrace?: (firing: Firing) => void;
}

/**
 * The graph in as few nodes as a file of it can have. What was spelled out keeps the forms that other optimizers know. To be
 * given as `shorten` to the exporter of `@trtx/onnx`; not for what is built or optimized further, as it has ops of files.
 * @param graph is changed, and may be what is returned
 */
export function shortenFile(graph: Graph, { skip = [], onTrace }: ShortenOptions = {}): Graph {
  const run = (on: Graph, ...pipeline: readonly Pass[]) =>
    optimize(on, { pipeline, ops: FILE_OPS, skip: skip.filter((name) => isIn(pipeline, name)) });
  const first = run(graph, joinDynamicQuantize, joinViews, ...TIDY);
  // Whether rows in one matrix take fewer nodes is seen when it is done.
  const flat = cloneGraph(graph);
  const second = run(flat, flattenRows, ...TIDY);
  const isFewer = second.nodesAfter < second.nodesBefore;
  const trace = isFewer ? [...first.trace, ...second.trace] : first.trace;
  if (onTrace) for (const [i, firing] of trace.entries()) onTrace({ ...firing, step: i + 1 });
  return isFewer ? flat : graph;
}

/** True for the name of a pass, or of a rule in one. */
function isIn(passes: readonly Pass[], name: string): boolean {
  return passes.some((pass) => pass.name === name || pass.rules?.some((rule) => `${pass.name}/${rule.name}` === name));
}
