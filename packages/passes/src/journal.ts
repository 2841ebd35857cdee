// Which nodes each change of a trace made and removed, as the graph itself tells.

import type { Graph, GraphObserver, Node } from '@trtx/ir';

/** A change whose nodes are not known before it is over. */
export interface OpenChange {
  readonly added: string[];
  readonly removed: string[];
}

export class Journal<T extends OpenChange> implements GraphObserver {
  readonly #added = new Set<Node>();
  readonly #removed: string[] = [];
  #open: T | undefined;

  /** @param onSettled called with each change when it is over */
  constructor(private readonly onSettled: (change: T) => void) {}

  /** Watches the graph while `work` changes it. */
  watch(graph: Graph, work: () => void): void {
    const before = graph.observer;
    graph.observer = this;
    try {
      work();
      this.settle();
    } finally {
      graph.observer = before;
    }
  }

  /** What came and went since the last change was settled, and what does until the next is, is this one's. */
  open(change: T): void {
    this.#open = change;
  }

  /** Ends the open change. Nodes are named only now: a rewrite names them last. */
  settle(): void {
    const change = this.#open;
    this.#open = undefined;
    if (change) {
      change.added.push(...[...this.#added].map(({ name }) => name));
      change.removed.push(...this.#removed);
    }
    this.#added.clear();
    this.#removed.length = 0;
    if (change) this.onSettled(change);
  }

  added(node: Node): void {
    this.#added.add(node);
  }

  removed(node: Node): void {
    // What comes and goes within one change is nobody's.
    if (!this.#added.delete(node)) this.#removed.push(node.name);
  }
}
