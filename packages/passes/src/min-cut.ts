// The cheapest way to part a network in two: a maximum flow by shortest paths (Edmonds and Karp, 1972). Networks here have
// tens of nodes and cuts of a few units.

/** An edge that no cut may go through. */
export const UNCUTTABLE = Number.POSITIVE_INFINITY;

/** A directed network; nodes are numbers, which `node` hands out. */
export class Network {
  readonly source = 0;
  readonly sink = 1;
  /** What each node's edges still let through, by the node that they lead to. */
  readonly #left: Map<number, number>[] = [new Map(), new Map()];

  node(): number {
    return this.#left.push(new Map()) - 1;
  }

  /** What leads from `from` to `to` costs `capacity` where the cut parts them. */
  edge(from: number, to: number, capacity: number): void {
    if (from === to) return;
    this.#left[from]!.set(to, (this.#left[from]!.get(to) ?? 0) + capacity);
    if (!this.#left[to]!.has(from)) this.#left[to]!.set(from, 0);
  }

  /** The cost of the cheapest cut, and the smallest set of nodes on the side of the source in any such cut. To be called once. */
  minimumCut(): { cost: number; side: ReadonlySet<number> } {
    let cost = 0;
    for (;;) {
      const parents = this.#reach();
      if (!parents.has(this.sink)) return { cost, side: new Set(parents.keys()) };
      cost += this.#augment(parents);
    }
  }

  /** What can be reached from the source, each with the node from which it was. */
  #reach(): Map<number, number> {
    const parents = new Map([[this.source, this.source]]);
    // A map goes on to what is added to it meanwhile.
    for (const at of parents.keys())
      for (const [to, left] of this.#left[at]!) if (left > 0 && !parents.has(to)) parents.set(to, at);
    return parents;
  }

  #augment(parents: ReadonlyMap<number, number>): number {
    const path: [number, number][] = [];
    for (let to = this.sink; to !== this.source; to = parents.get(to)!) path.push([parents.get(to)!, to]);
    const amount = Math.min(...path.map(([from, to]) => this.#left[from]!.get(to)!));
    for (const [from, to] of path) {
      this.#left[from]!.set(to, this.#left[from]!.get(to)! - amount);
      this.#left[to]!.set(from, this.#left[to]!.get(from)! + amount);
    }
    return amount;
  }
}
