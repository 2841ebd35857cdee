// Dims as the plan writes them: numbers, or entries of its expression table.

import type { ExprNode, PlanSymbol, Size, SymbolRange } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { asSymbol, bounds, type Dim, foldDim, type Graph, type Node, type Sym, type Value } from '@trtx/ir';

const OPERATIONS = { '+': '+', '*': '*', floor: '/', min: 'min', max: 'max' } as const;

/** Where a symbol is read off: an axis of an input, by its number, or of what a host step gives. */
interface SymbolPlace extends SymbolRange {
  readonly of: number | Value;
  readonly axis: number;
}

export class SizeTable {
  readonly exprs: ExprNode[] = [];
  readonly #places: SymbolPlace[] = [];
  readonly #known = new Map<string, number>();
  readonly #symbols = new Map<string, number>();

  /** Finds every symbol on an axis of an input, or else on one of what `hosted` nodes give, which the host computes. */
  constructor(graph: Graph, hosted: Iterable<Node> = []) {
    graph.inputs.forEach((value, input) => {
      this.#find(value, input);
    });
    for (const node of hosted) for (const value of node.outputs) this.#find(value, value);
  }

  #find({ type }: Value, of: number | Value): void {
    type.shape.forEach((dim, axis) => {
      const found = asSymbol(dim);
      if (!found || this.#symbols.has(found.symbol.name) || found.symbol.definition !== undefined) return;
      const { symbol, factor } = found;
      const { name, min, max } = symbol;
      this.#symbols.set(name, this.#places.length);
      this.#places.push({ of, axis, name, min: min * factor, max: max * factor, multipleOf: factor });
    });
  }

  /** The plan's symbols; `numberOf` gives the number of a value in the plan's table. */
  symbols(numberOf: (value: Value) => number): PlanSymbol[] {
    return this.#places.map(({ of, ...symbol }) =>
      typeof of === 'number' ? { ...symbol, input: of } : { ...symbol, value: numberOf(of) },
    );
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

/** The largest value of a dim within its profile. @throws TrtxError SHAPE_UNBOUNDED */
export function maximum(dim: Dim, tensor: string): number {
  const { max } = bounds(dim);
  if (!Number.isSafeInteger(max) || max >= 2 ** 40)
    throw new TrtxError('SHAPE_UNBOUNDED', `the size ${dim} has no useful upper bound`, {
      tensor,
      hint: 'Give a range for the dynamic dimensions: --max-shapes, or --shapes with min..max.',
    });
  return max;
}
