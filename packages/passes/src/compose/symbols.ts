// Dynamic sizes of graphs that become one.

import { asSymbol, type Dim, dimOf, type Graph, Sym, substitute, symbolsOf } from '@trtx/ir';

/** What symbols become, by name. */
export type Substitution = Map<string, Dim>;

/** Puts other sizes into the shapes of a graph's inputs, and infers all that follows. */
export function substituteInputs(graph: Graph, known: ReadonlyMap<string, Dim>): void {
  if (known.size === 0) return;
  const replace = ({ name }: Sym) => known.get(name);
  for (const input of graph.inputs) {
    const shape = input.type.shape.map((dim) => substitute(dim, replace));
    const contents = input.contents && {
      ...input.contents,
      values: input.contents.values.map((value) => substitute(value, replace)),
    };
    input.setType({ ...input.type, shape, contents });
  }
  graph.reinfer();
}

/** Gives symbols that an earlier graph has too the prefix of their graph. Those of one name that are unified get one range. */
export function ownSymbols(graphs: readonly Graph[], prefixes: readonly string[], mode: 'unify' | 'rename'): void {
  const all = graphs.map(inputSymbols);
  const taken = new Map<string, Sym>();
  graphs.forEach((graph, i) => {
    const known: Substitution = new Map();
    for (const [name, symbol] of all[i]!) {
      const first = taken.get(name);
      if (!first) taken.set(name, symbol);
      else if (mode === 'unify') known.set(name, dimOf(first));
      else known.set(name, dimOf(renamed(symbol, freeName(`${prefixes[i]}/${name}`, taken, symbol))));
    }
    substituteInputs(graph, known);
  });
}

function renamed({ min, max, opt }: Sym, name: string): Sym {
  return new Sym(name, min, max, undefined, opt);
}

function freeName(wanted: string, taken: Map<string, Sym>, symbol: Sym): string {
  let name = wanted;
  for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
  taken.set(name, symbol);
  return name;
}

function inputSymbols(graph: Graph): Map<string, Sym> {
  const symbols = new Map<string, Sym>();
  for (const { type } of graph.inputs) for (const dim of type.shape) symbolsOf(dim, symbols);
  return symbols;
}

/** Where a dynamic size meets a number, the number is its size. */
export function fixSymbols(dim: Dim, other: Dim | undefined, known: Substitution): void {
  const scaled = typeof other === 'number' ? asSymbol(dim) : undefined;
  if (!scaled) return;
  const size = (other as number) / scaled.factor;
  if (Number.isInteger(size) && !known.has(scaled.symbol.name)) known.set(scaled.symbol.name, size);
}

/** Where an input's size is a symbol, what is put in tells it. */
export function unify(dim: Dim, given: Dim, known: Substitution): void {
  const scaled = asSymbol(dim);
  if (scaled?.factor === 1 && !known.has(scaled.symbol.name)) known.set(scaled.symbol.name, given);
}
