// Rewrites that the target needs, before groups are formed.

import {
  type Graph,
  isContainer,
  type OpDef,
  type Renamed,
  reinferKeeping,
  removeDead,
  standardOps,
  type Value,
} from '@trtx/ir';
import { linearSource } from '../group/view.ts';
import type { Hosted } from '../host/placement.ts';
import type { Target } from '../target.ts';
import { joinCaches } from './caches.ts';
import { ownCodes } from './codes.ts';
import { writeOutPicks } from './picks.ts';
import { ROTARY, writeOutRotary } from './rotary.ts';
import { splitWide } from './wide.ts';

/**
 * Makes every graph output a tensor that a dispatch writes and nothing else is, and every node's operands few enough
 * for one dispatch.
 * @param settled nodes that the host is to compute, which need nothing of this
 */
export function legalize(graph: Graph, target: Target, settled: Hosted = new Map()): void {
  const renamed: Renamed = new Map();
  const written = [...graph.withBodies()].map((each) => writeOutPicks(each, renamed, settled));
  if (written.includes(true)) {
    reinferKeeping(graph, renamed);
    // Of nodes that only told a size that has to be checked, the rest is for nobody.
    for (const each of graph.withBodies()) removeDead(each);
  }
  for (const each of graph.withBodies()) {
    writeOutRotary(each);
    joinCaches(each);
    ownCodes(each);
    ownOutputs(each, each !== graph);
    splitWide(each, target.limits, settled);
  }
}

/** True for an op that is written out in others, so that no kernel is asked for it. */
export function isWrittenOut(op: OpDef): boolean {
  return op === ROTARY;
}

/** An output that is an input, a constant, or the memory of another output gets a copy of its own. */
function ownOutputs(graph: Graph, isBody: boolean): void {
  const identity = standardOps.get('Identity')!;
  const claimed = new Set<Value>();
  for (const output of graph.outputs) {
    let root = output.value;
    // The host has these, and hands them on as they are.
    if (isContainer(root.type.dtype) || (isBody && root.contents)) continue;
    for (let next = linearSource(root); next; next = linearSource(root)) root = next;
    if (root.producer && !claimed.has(root)) claimed.add(root);
    else {
      const { producer, constant } = output.value;
      // What copies a constant does nothing of the model's.
      const origin = producer?.origin ?? (constant ? [] : undefined);
      output.value = graph.addNode(identity, [output.value], {}, { name: output.name, origin }).output;
    }
  }
}
