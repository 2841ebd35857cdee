// Partitioned Boolean quadratic programming: each node takes one of its labels, so that the costs of the labels and of the
// pairs that are joined sum up to the least. Nodes of degree 0, 1 and 2 are taken out without loss; where none is left, the
// node of the highest degree takes the label that looks best.
//
// Scholz, Eckstein: "Register allocation for irregular architectures", LCTES 2002. Anderson, Gregg: "Optimal DNN primitive
// selection with partitioned Boolean quadratic programming", CGO 2018.

export interface Edge {
  readonly a: number;
  readonly b: number;
  /** Cost of the pair of a's label (row) and b's label (column). */
  readonly costs: readonly (readonly number[])[];
}

/** @param costs of each node's labels, at least one. Returns the number of each node's label. */
export function solvePbqp(costs: readonly (readonly number[])[], edges: readonly Edge[]): number[] {
  const own = costs.map((vector) => [...vector]);
  const joined = new Joints(costs.length);
  for (const { a, b, costs: matrix } of edges) joined.add(a, b, matrix);
  const labels = new Array<number>(costs.length).fill(-1);
  /** How nodes that were taken out find their label once those that they were joined to have theirs, in that order. */
  const left: (() => void)[] = [];

  const takeOut = (node: number): void => {
    const vector = own[node]!;
    const others = [...joined.of(node)];
    joined.remove(node);
    left.push(() => {
      labels[node] = least(
        vector.map((cost, i) =>
          sum(
            others.map(([at, m]) => m[i]![labels[at]!]!),
            cost,
          ),
        ),
      );
    });
    if (others.length === 1) {
      const [[at, m]] = others as [[number, number[][]]];
      own[at] = own[at]!.map((cost, j) => cost + Math.min(...vector.map((c, i) => c + m[i]![j]!)));
    } else if (others.length === 2) {
      const [[a, toA], [b, toB]] = others as [[number, number[][]], [number, number[][]]];
      const pair = own[a]!.map((_, j) =>
        own[b]!.map((_, k) => Math.min(...vector.map((c, i) => c + toA[i]![j]! + toB[i]![k]!))),
      );
      joined.add(a, b, pair);
    }
  };

  const decide = (node: number): void => {
    const others = [...joined.of(node)];
    const label = least(
      own[node]!.map((cost, i) =>
        sum(
          others.map(([at, m]) => Math.min(...own[at]!.map((c, j) => c + m[i]![j]!))),
          cost,
        ),
      ),
    );
    labels[node] = label;
    joined.remove(node);
    for (const [at, m] of others) own[at] = own[at]!.map((cost, j) => cost + m[label]![j]!);
  };

  const open = new Set(costs.keys());
  while (open.size > 0) {
    let hub = -1;
    let easy = false;
    for (const node of open) {
      if (joined.of(node).size <= 2) {
        takeOut(node);
        open.delete(node);
        easy = true;
      } else if (hub < 0 || joined.of(node).size > joined.of(hub).size) hub = node;
    }
    if (easy || hub < 0) continue;
    decide(hub);
    open.delete(hub);
  }
  for (const find of left.reverse()) find();
  return labels;
}

/** What labels cost, of nodes and of pairs. */
export function totalOf(
  costs: readonly (readonly number[])[],
  edges: readonly Edge[],
  labels: readonly number[],
): number {
  const own = costs.reduce((all, vector, i) => all + vector[labels[i]!]!, 0);
  return edges.reduce((all, { a, b, costs: matrix }) => all + matrix[labels[a]!]![labels[b]!]!, own);
}

/** What pairs of nodes cost, from either side. */
class Joints {
  readonly #of: Map<number, number[][]>[];

  constructor(nodes: number) {
    this.#of = Array.from({ length: nodes }, () => new Map());
  }

  of(node: number): ReadonlyMap<number, number[][]> {
    return this.#of[node]!;
  }

  add(a: number, b: number, costs: readonly (readonly number[])[]): void {
    const known = this.#of[a]!.get(b);
    const both = costs.map((row, i) => row.map((cost, j) => cost + (known ? known[i]![j]! : 0)));
    this.#of[a]!.set(b, both);
    this.#of[b]!.set(
      a,
      both[0]!.map((_, j) => both.map((row) => row[j]!)),
    );
  }

  remove(node: number): void {
    for (const other of this.#of[node]!.keys()) this.#of[other]!.delete(node);
  }
}

function least(costs: readonly number[]): number {
  return costs.reduce((best, cost, i) => (cost < costs[best]! ? i : best), 0);
}

function sum(costs: readonly number[], first: number): number {
  return costs.reduce((all, cost) => all + cost, first);
}
