// What the nodes of a file are called.

import { opName } from '@trtx/ir';
import type { SourceGraph } from '../source/nodes.ts';
import { allNodes } from '../source/read.ts';

export interface ImportedNode {
  readonly node: string;
  /** The op as the file has it: `Conv`, `com.microsoft::Gelu`. */
  readonly op: string;
}

/** The nodes of a file by name. */
export function namedNodes(source: SourceGraph): ImportedNode[] {
  return allNodes(source).map(({ name, domain, op }) => ({ node: name, op: opName({ domain, name: op }) }));
}
