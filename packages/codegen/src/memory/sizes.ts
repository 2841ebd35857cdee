// Dims as the plan writes them: numbers, or entries of its expression table.

import type { ExprNode, PlanSymbol, Size, SymbolRange } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { asSymbol, bounds, type Dim, foldDim, type Graph, product, type Sym, symbolsOf, type Value } from '@trtx/ir';

const OPERATIONS = { '+': '+', '*': '*', floor: '/', min: 'min', max: 'max' } as const;

/** Where a symbol is read off: an axis of an input, by its number, or an axis or the element of what a step sets. */
type SymbolPlace = SymbolRange & { readonly of: number | Value } & (
    | { readonly axis: number }
    | { readonly element: number }
  );

export class SizeTable {
  readonly exprs: ExprNode[] = [];
  readonly #places: SymbolPlace[] = [];
  readonly #known = new Map<string, number>();
  readonly #symbols = new Map<string, number>();

  /**
   * Finds every symbol on an axis of an input, or else on one of what steps set.
   * @param set values that steps set: what the host computes, and what bodies are given
   * @param telling those among them whose elements may be symbols: the number of an iteration
   */
  constructor(graph: Graph, set: Iterable<Value> = [], telling: ReadonlySet<Value> = new Set()) {
    graph.inputs.forEach((value, input) => {
      this.#find(value, input);
    });
    for (const value of set) {
      this.#find(value, value);
      if (telling.has(value))
        value.contents?.values.forEach((dim, element) => {
          this.#claim(dim, { of: value, element });
        });
    }
  }

  #find({ type }: Value, of: number | Value): void {
    type.shape.forEach((dim, axis) => {
      this.#claim(dim, { of, axis });
    });
  }

  #claim(dim: Dim, place: { of: number | Value } & ({ axis: number } | { element: number })): void {
    const found = asSymbol(dim);
    if (!found || this.#symbols.has(found.symbol.name) || found.symbol.definition !== undefined) return;
    const { symbol, factor } = found;
    const { name, min, max } = symbol;
    this.#symbols.set(name, this.#places.length);
    this.#places.push({ ...place, name, min: min * factor, max: max * factor, multipleOf: factor });
  }

  /** The plan's symbols; `numberOf` gives the number of a value in the plan's table. */
  symbols(numberOf: (value: Value) => number): PlanSymbol[] {
    return this.#places.map(({ of, ...symbol }): PlanSymbol => {
      return typeof of !== 'number'
        ? { ...symbol, value: numberOf(of) }
        : { ...(symbol as SymbolRange & { axis: number }), input: of };
    });
  }

  /** Whether every symbol of a dim is read off something. */
  knows(dim: Dim): boolean {
    return [...symbolsOf(dim).keys()].every((name) => this.#symbols.has(name));
  }

  size(dim: Dim): Size {
    return typeof dim === 'number' ? dim : { expr: this.#entry(dim) };
  }

  #entry(dim: Dim): number {
    return foldDim<number>(dim, {
      number: (value) => this.#add(['#', value]),
      symbol: (symbol) => this.#add(['$', this.#symbol(symbol)]),
      operation: (kind, a, b) => this.#add([OPERATIONS[kind], a, b]),
    });
  }

  #symbol(symbol: Sym): number {
    const at = this.#symbols.get(symbol.name);
    if (at === undefined)
      throw new TrtxError('SYMBOL_UNBOUND', `no input has the dimension ${symbol.name} on an axis of its own`, {
        hint: 'Give the input a fixed shape.',
      });
    return at;
  }

  #add(node: ExprNode): number {
    const key = node.join(' ');
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.exprs.push(node) - 1;
      this.#known.set(key, at);
    }
    return at;
  }
}

/** The most elements that a value has within its profile. @throws TrtxError SHAPE_UNBOUNDED */
export function mostElements({ name, type, producer }: Value): number {
  const dim = product(type.shape);
  const { max } = bounds(dim);
  if (!Number.isSafeInteger(max) || max >= 2 ** 40)
    throw new TrtxError('SHAPE_UNBOUNDED', `the size ${dim} has no useful upper bound`, {
      tensor: name,
      node: producer?.name,
      hint: 'Give a range for the dynamic dimensions: --max-shapes, or --shapes with min..max.',
    });
  return max;
}
