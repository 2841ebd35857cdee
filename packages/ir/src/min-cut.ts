// The cheapest way to part a network in two: a maximum flow by blocking flows in networks of shortest paths (Dinic, 1970).

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
    const targets = this.#left.map((edges) => [...edges.keys()]);
    let cost = 0;
    for (;;) {
      const levels = this.#levels();
      if (!levels.has(this.sink)) return { cost, side: new Set(levels.keys()) };
      cost += this.#block(levels, targets);
    }
  }

  /** What can be reached from the source, each with the number of edges that it takes. */
  #levels(): Map<number, number> {
    const levels = new Map([[this.source, 0]]);
    // A map goes on to what is added to it meanwhile.
    for (const [at, level] of levels)
      for (const [to, left] of this.#left[at]!) if (left > 0 && !levels.has(to)) levels.set(to, level + 1);
    return levels;
  }

  /** Sends what shortest paths let through, until an edge of each lets nothing through any more. */
  #block(levels: ReadonlyMap<number, number>, targets: readonly (readonly number[])[]): number {
    // Edges before this one lead nowhere.
    const next = targets.map(() => 0);
    const path = [this.source];
    let sent = 0;
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      if (at === this.sink) {
        sent += this.#augment(path);
        continue;
      }
      const to = targets[at]![next[at]!];
      if (to === undefined) {
        path.pop();
        if (path.length > 0) next[path.at(-1)!]!++;
      } else if (this.#left[at]!.get(to)! > 0 && levels.get(to) === levels.get(at)! + 1) path.push(to);
      else next[at]!++;
    }
    return sent;
  }

  /** Sends what a path lets through, and shortens it to before the first edge that lets nothing through any more. */
  #augment(path: number[]): number {
    const edges = path.slice(1).map((to, i): [number, number] => [path[i]!, to]);
    const amount = Math.min(...edges.map(([from, to]) => this.#left[from]!.get(to)!));
    for (const [from, to] of edges) {
      this.#left[from]!.set(to, this.#left[from]!.get(to)! - amount);
      this.#left[to]!.set(from, this.#left[to]!.get(from)! + amount);
    }
    path.length = 1 + edges.findIndex(([from, to]) => !(this.#left[from]!.get(to)! > 0));
    return amount;
  }
}
