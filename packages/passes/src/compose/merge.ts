// Several graphs as one: outputs of some are inputs of others, and constants that they have in common are there once.

import { quote, TrtxError } from '@trtx/errors';
import { cloneGraph, Graph, inlineBody, neverEqual, printType, sameDim, sameKind, type Value } from '@trtx/ir';
import { uniqueNames } from './names.ts';
import { shareConstants } from './share.ts';
import { fixSymbols, ownSymbols, type Substitution, substituteInputs, unify } from './symbols.ts';

export interface MergeOptions {
  /**
   * Outputs, and the inputs that take them: of graphs that come later. Names as they are, or as `graph/name` where several
   * graphs have one.
   */
  readonly connect?: Readonly<Record<string, string | readonly string[]>>;
  /** What stands before names that several graphs have; the names of the graphs by default. */
  readonly prefixes?: readonly string[];
  /** Outputs of the merged graph, named as in `connect`; by default those that are connected to nothing. */
  readonly outputs?: readonly string[];
  /**
   * Whether dynamic sizes of one name are the same size in all graphs. By default only those are that connections make so,
   * and others get the prefix of their graph.
   */
  readonly symbols?: 'unify' | 'rename';
  /** Name of the merged graph; those of the graphs with + between them by default. */
  readonly name?: string;
}

/** An input or output of one of the graphs. */
interface Port {
  /** Which graph. */
  readonly graph: number;
  readonly name: string;
}

/**
 * Makes several graphs one, which does what they do one after another. The graphs stay as they are. Inputs and outputs that
 * are left keep their names; where two have one, these get the prefixes of their graphs: `detector/x`.
 *
 * @throws TrtxError COMPOSE, naming the tensor: an input or output that no graph has, or several have; one that is connected
 *   twice, or to an earlier graph; types that do not fit. And as `Graph.addNode`, where a graph cannot take such sizes.
 */
export function merge(graphs: readonly Graph[], options: MergeOptions = {}): Graph {
  if (graphs.length === 0)
    throw new TrtxError('COMPOSE', 'there are no graphs to merge', { hint: 'Give at least one.' });
  const prefixes = uniquePrefixes(graphs, options.prefixes ?? []);
  const ports = new Ports(graphs, prefixes);
  const sources = connections(ports, options.connect ?? {});
  const parts = graphs.map(cloneGraph);
  ownSymbols(parts, prefixes, options.symbols ?? 'rename');
  fixSizes(parts, sources);
  const inputNames = ports.publicNames(ports.all('inputs').filter((port) => !sources.has(key(port))));
  uniqueNames(parts, prefixes, [...inputNames.values()]);

  const merged = new Graph(options.name ?? graphs.map(({ name }) => name).join('+'));
  const given = new Map<string, Value>();
  parts.forEach((part, index) => {
    const inputs = joinInputs(merged, part, (name) => {
      const port = key({ graph: index, name });
      const source = sources.get(port);
      return source ? { source, value: given.get(key(source))! } : inputNames.get(port)!;
    });
    inlineBody(merged, part, inputs).forEach((value, i) => {
      given.set(key({ graph: index, name: part.outputs[i]!.name }), value);
    });
  });
  const connected = new Set([...sources.values()].map(key));
  const wanted =
    options.outputs?.map((name) => ports.find(name, 'outputs')) ??
    ports.all('outputs').filter((port) => !connected.has(key(port)));
  for (const [port, name] of ports.publicNames(wanted)) merged.addOutput(name, given.get(port)!);
  shareConstants(merged);
  return merged;
}

const key = ({ graph, name }: Port) => `${graph}/${name}`;

function uniquePrefixes(graphs: readonly Graph[], wanted: readonly string[]): string[] {
  const taken = new Set<string>();
  return graphs.map(({ name }, i) => {
    const base = wanted[i] ?? name;
    let prefix = base;
    for (let n = 1; taken.has(prefix); n++) prefix = `${base}_${n}`;
    taken.add(prefix);
    return prefix;
  });
}

/** The inputs and outputs of all graphs by name. */
class Ports {
  readonly #prefixes: readonly string[];
  readonly #ports: { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] };

  constructor(graphs: readonly Graph[], prefixes: readonly string[]) {
    const list = (side: 'inputs' | 'outputs') =>
      graphs.flatMap((graph, index) => graph[side].map(({ name }): Port => ({ graph: index, name })));
    this.#prefixes = prefixes;
    this.#ports = { inputs: list('inputs'), outputs: list('outputs') };
  }

  all(side: 'inputs' | 'outputs'): readonly Port[] {
    return this.#ports[side];
  }

  find(name: string, side: 'inputs' | 'outputs'): Port {
    const found = this.all(side).filter((port) => port.name === name || this.#qualified(port) === name);
    const [port] = found;
    const what = side === 'inputs' ? 'input' : 'output';
    if (found.length === 1) return port!;
    const names = (ports: readonly Port[]) => ports.map((one) => quote(this.#qualified(one))).join(', ');
    throw new TrtxError('COMPOSE', port ? `several graphs have such an ${what}` : `no graph has such an ${what}`, {
      tensor: name,
      hint: port ? `Write ${names(found)}.` : `There are ${names(this.all(side)) || 'none'}.`,
    });
  }

  /** The names of these in the merged graph: with the prefix where another one of them has the same name. */
  publicNames(ports: readonly Port[]): Map<string, string> {
    const isShared = (port: Port) => ports.some(({ graph, name }) => name === port.name && graph !== port.graph);
    return new Map(ports.map((port) => [key(port), isShared(port) ? this.#qualified(port) : port.name]));
  }

  #qualified({ graph, name }: Port): string {
    return `${this.#prefixes[graph]}/${name}`;
  }
}

/** The output for each connected input. */
function connections(ports: Ports, connect: NonNullable<MergeOptions['connect']>): Map<string, Port> {
  const sources = new Map<string, Port>();
  for (const [output, inputs] of Object.entries(connect)) {
    const source = ports.find(output, 'outputs');
    for (const input of typeof inputs === 'string' ? [inputs] : inputs) {
      const target = ports.find(input, 'inputs');
      const fail = (message: string, hint: string) => new TrtxError('COMPOSE', message, { tensor: input, hint });
      if (sources.has(key(target))) throw fail('two outputs are connected to the input', 'Leave one of them out.');
      if (source.graph >= target.graph)
        throw fail(`output ${quote(output)} is of a graph that does not come before`, 'Give the graphs in data order.');
      sources.set(key(target), source);
    }
  }
  return sources;
}

/** Where an input is of a fixed size and the output that it takes is not, the output's size is fixed. */
function fixSizes(parts: readonly Graph[], sources: ReadonlyMap<string, Port>): void {
  parts.forEach((part, index) => {
    for (const input of part.inputs) {
      const source = sources.get(key({ graph: index, name: input.name }));
      if (!source) continue;
      const output = parts[source.graph]!.outputs.find(({ name }) => name === source.name)!.value;
      const fixed: Substitution = new Map();
      output.type.shape.forEach((dim, axis) => {
        fixSymbols(dim, input.type.shape[axis], fixed);
      });
      if (fixed.size > 0) for (const each of parts) substituteInputs(each, fixed);
    }
  });
}

interface Connection {
  readonly source: Port;
  readonly value: Value;
}

/**
 * The values for a part's inputs.
 * @param sourceOf what an input takes: an output that was given before, or the input of this name of the merged graph
 */
function joinInputs(merged: Graph, part: Graph, sourceOf: (input: string) => Connection | string): Value[] {
  const found = part.inputs.map(({ name }) => sourceOf(name));
  const known: Substitution = new Map();
  found.forEach((one, i) => {
    const input = part.inputs[i]!;
    if (typeof one === 'string') return;
    checkTypes(one, input);
    input.type.shape.forEach((dim, axis) => {
      unify(dim, one.value.type.shape[axis]!, known);
    });
  });
  substituteInputs(part, known);
  return part.inputs.map((input, i) => {
    const one = found[i]!;
    if (typeof one === 'string') return merged.addInput(one, { ...input.type, contents: input.contents });
    input.type.shape.forEach((dim, axis) => {
      const own = one.value.type.shape[axis]!;
      if (!sameDim(dim, own)) merged.addConstraint({ a: own, b: dim, node: input.name });
    });
    return one.value;
  });
}

function checkTypes({ source, value }: Connection, input: Value): void {
  const [a, b] = [value.type, input.type];
  const fits = sameKind(a, b) && a.shape.length === b.shape.length;
  if (fits && !a.shape.some((dim, axis) => neverEqual(dim, b.shape[axis]!))) return;
  throw new TrtxError('COMPOSE', `output ${quote(source.name)} is ${printType(a)}, the input takes ${printType(b)}`, {
    tensor: input.name,
    hint: 'Connect what fits, or put a graph between them that converts it.',
  });
}
