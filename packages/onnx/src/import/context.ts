// Where the nodes of a source graph go.

import type { Graph, OpRegistry } from '@trtx/ir';
import type { Spellings } from '../normalize/index.ts';
import type { SourceGraph } from '../source/nodes.ts';
import type { ExternalData } from '../source/tensor.ts';
import type { Values } from './values.ts';

export interface NodeContext {
  readonly graph: Graph;
  readonly values: Values;
  readonly registry: OpRegistry;
  /** How nodes of ops are written, before anything else that they could mean. */
  readonly spellings: Spellings;
  readonly external: ExternalData;
  /** Names of values that a node reads, or that are graph outputs. */
  readonly read: ReadonlySet<string>;
  /** How many loops are around. */
  readonly loops?: number;
  /** Adds the nodes of a graph that a node holds. */
  addNodes(source: SourceGraph, context: Omit<NodeContext, 'read' | 'addNodes'>): void;
}
