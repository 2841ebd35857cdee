// Dims as the plan writes them: numbers, or entries of its expression table.

import type { DataSymbol, ExprNode, InputSymbol, PlanSymbol, Size } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { asSymbol, bounds, type Dim, foldDim, type Graph, type Node, type Sym, type Value } from '@trtx/ir';

const OPERATIONS = { '+': '+', '*': '*', floor: '/', min: 'min', max: 'max' } as const;

type DataPlace = Pick<DataSymbol, 'step' | 'output' | 'axis'>;

export class SizeTable {
  readonly exprs: ExprNode[] = [];
  readonly symbols: PlanSymbol[] = [];
  readonly #known = new Map<string, number>();
  readonly #symbols = new Map<string, number>();

  /**
   * Finds every symbol on an axis of an input, or else on one of what a host step gives.
   * @param hostSteps nodes that the host computes, with the number of the plan's step
   */
  constructor(graph: Graph, hostSteps: ReadonlyMap<Node, number> = new Map()) {
    graph.inputs.forEach((value, input) => {
      this.#find(value, (axis) => ({ input, axis }));
    });
    for (const [node, step] of hostSteps)
      node.outputs.forEach((value, output) => {
        this.#find(value, (axis) => ({ step, output, axis }));
      });
  }

  #find({ type }: Value, place: (axis: number) => Pick<InputSymbol, 'input' | 'axis'> | DataPlace): void {
    type.shape.forEach((dim, axis) => {
      const found = asSymbol(dim);
      if (!found || this.#symbols.has(found.symbol.name) || found.symbol.definition !== undefined) return;
      const { symbol, factor } = found;
      this.#symbols.set(symbol.name, this.symbols.length);
      this.symbols.push({
        name: symbol.name,
        ...place(axis),
        min: symbol.min * factor,
        max: symbol.max * factor,
        multipleOf: factor,
      });
    });
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
