// Control flow. What a body captures from around it is an input of the node and of the body (the importer makes it so);
// Scan and SequenceMap are Loops (the importer writes them so).

import { sameContents } from '../contents.ts';
import { bounds, type Dim, dimOf, maxDim, Sym, sameDim } from '../dim.ts';
import { symbolsOf } from '../dim-visit.ts';
import { isContainer } from '../dtype.ts';
import { defineOp, type Inferred, type NodeView, type OpDef } from '../op.ts';
import { type ElementType, printType, sameKind } from '../tensor.ts';
import { joinElements } from './elements.ts';
import { BOOL } from './types.ts';

/** Larger sizes no tensor has. */
const UNBOUNDED = 2 ** 31 - 1;

/** The number of values that an iteration of a Loop hands on to the next, and of those that all see alike. */
export function loopCounts(at: NodeView): { carried: number; captured: number; stacked: number } {
  const carried = at.int('carried');
  return { carried, captured: at.inputs.length - 2 - carried, stacked: at.outputCount - carried };
}

export const controlOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'If',
    since: 25,
    summary: 'the outputs of one of two bodies',
    inputs: [
      { name: 'cond', types: BOOL },
      { name: 'captured', variadic: true, optional: true, holds: 'any' },
    ],
    outputs: [{ name: 'outputs', variadic: true }],
    attributes: {},
    bodies: ['then_branch', 'else_branch'],
    trait: { kind: 'control', captured: (at) => at.inputs.length - 1 },
    infer(at) {
      const captured = at.inputs.slice(1).map((_, i) => inferredInput(at, i + 1));
      const cond = at.numbers(0)?.[0];
      // A branch that is never taken need not even fit.
      if (cond !== undefined) return counted(at, at.body(cond ? 0 : 1).infer(captured));
      const [yes, no] = [at.body(0).infer(captured), at.body(1).infer(captured)];
      const visible = visibleSymbols(at);
      return counted(at, yes).map((type, i) => {
        const other = counted(at, no)[i]!;
        return join(at, `output${i}`, [type, other], visible);
      });
    },
  }),
  defineOp({
    domain: '',
    name: 'Loop',
    since: 25,
    summary: 'runs its body until M iterations are done or its condition is false',
    inputs: [
      { name: 'M', types: ['int64'], optional: true },
      { name: 'cond', types: BOOL, optional: true },
      { name: 'v_initial', variadic: true, optional: true, holds: 'any' },
    ],
    outputs: [{ name: 'v_final_and_scan_outputs', variadic: true }],
    attributes: {
      carried: {
        type: 'int',
        required: true,
        internal: true,
        min: 0,
        doc: 'how many of the inputs are carried from one iteration to the next; the others are captured',
      },
    },
    bodies: ['body'],
    trait: { kind: 'control', captured: (at) => loopCounts(at).captured },
    infer: inferLoop,
  }),
];

function inferLoop(at: NodeView): Inferred[] {
  const { carried, captured, stacked } = loopCounts(at);
  if (captured < 0 || stacked < 0) throw at.fail(`${carried} carried values of ${at.inputs.length - 2}`);
  const initial = Array.from({ length: carried }, (_, i) => inferredInput(at, 2 + i));
  const outer = Array.from({ length: captured }, (_, i) => inferredInput(at, 2 + carried + i));
  const visible = visibleSymbols(at);
  const [trips] = at.contents(0)?.values ?? [];
  const starts = at.inputs[1] ? at.numbers(1)?.[0] === 1 : true;
  const last = trips === undefined ? UNBOUNDED : Math.max(bounds(trips).max - 1, 0);
  const iteration: Inferred = {
    dtype: 'int64',
    shape: [],
    contents: { dims: [], values: [last === 0 ? 0 : dimOf(new Sym(at.symbolName('iteration'), 0, last))] },
  };
  const cond: Inferred = { dtype: 'bool', shape: [], ...(starts && { contents: { dims: [], values: [1] } }) };
  // What an iteration gives may be more general than what it was given: sizes that differ become unknown ones, until the
  // types come to rest. Each step makes at least one dimension unknown.
  let states = initial.map(({ contents, ...type }): Inferred => type);
  for (;;) {
    const results = at.body(0).infer([iteration, cond, ...states, ...outer]);
    if (results.length !== 1 + carried + stacked)
      throw at.fail(`a body of ${results.length} outputs where ${1 + carried + stacked} belong`);
    if (results[0]!.dtype !== 'bool') throw at.fail(`the condition that the body gives is ${printType(results[0]!)}`);
    const next = states.map((type, i) => {
      const { contents, ...joined } = join(at, `state${i}`, [type, results[1 + i]!], undefined);
      return joined;
    });
    const rests = next.every((type, i) => printType(type) === printType(states[i]!));
    states = next;
    if (!rests) continue;
    const always = results[0]!.contents?.values[0] === 1 && starts;
    const count = always && trips !== undefined ? maxDim(trips, 0) : at.unknown('trips', last + 1);
    const rows = results.slice(1 + carried).map(({ dtype, shape }, i): Inferred => {
      if (isContainer(dtype)) throw at.fail(`scan output ${i} is a ${dtype}`);
      return { dtype, shape: [count, ...shape.map((dim, axis) => known(at, `row${i}.${axis}`, dim, visible))] };
    });
    const finals = states.map((type, i): Inferred => {
      return { ...type, shape: type.shape.map((dim, axis) => known(at, `final${i}.${axis}`, dim, visible)) };
    });
    return [...finals, ...rows];
  }
}

/** What is known of an input, as a body sees it. */
function inferredInput(at: NodeView, index: number): Inferred {
  return { ...at.input(index), contents: at.contents(index) };
}

function counted(at: NodeView, outputs: readonly Inferred[]): readonly Inferred[] {
  if (outputs.length !== at.outputCount)
    throw at.fail(`a body of ${outputs.length} outputs where the node has ${at.outputCount}`);
  return outputs;
}

/** The symbols that are known before the node runs: those of its inputs. */
function visibleSymbols(at: NodeView): Map<string, Sym> {
  const found = new Map<string, Sym>();
  at.inputs.forEach((type, i) => {
    for (const dim of [...(type?.shape ?? []), ...(at.contents(i)?.values ?? [])]) symbolsOf(dim, found);
  });
  return found;
}

/** The dim, or an unknown one where it has symbols that are not visible. */
function known(at: NodeView, hint: string, dim: Dim, visible: ReadonlyMap<string, Sym> | undefined): Dim {
  if (!visible || [...symbolsOf(dim).keys()].every((name) => visible.has(name))) return dim;
  return at.unknown(hint, Math.min(bounds(dim).max, UNBOUNDED));
}

/** The symbols that one of two shapes has alone: what decides between them is likely among these. */
function among(a: Inferred, b: Inferred): string {
  const [inA, inB] = [a, b].map(({ shape }) =>
    shape.reduce((found, dim) => symbolsOf(dim, found), new Map<string, Sym>()),
  );
  const own = [...inA!.keys(), ...inB!.keys()].filter((name) => !(inA!.has(name) && inB!.has(name)));
  return own.length > 0 ? `, that of ${own.join(', ')} at least` : '';
}

/** The type of a value that is one thing or another. */
function join(
  at: NodeView,
  hint: string,
  [a, b]: readonly [Inferred, Inferred],
  visible: ReadonlyMap<string, Sym> | undefined,
): Inferred {
  if (!sameKind(a, b)) throw at.fail(`${hint} is ${printType(a)} in one case and ${printType(b)} in the other`);
  if (isContainer(a.dtype)) return { ...a, element: joinElements(a.element as ElementType, b.element as ElementType) };
  if (a.shape.length !== b.shape.length)
    throw at.fail(
      `${hint} is ${printType(a)} in one case and ${printType(b)} in the other`,
      `The number of axes has to be known at build; give the input sizes that decide the case in the profile${among(a, b)}.`,
    );
  const shape = a.shape.map((dim, axis) => {
    if (sameDim(dim, b.shape[axis]!)) return known(at, `${hint}.${axis}`, dim, visible);
    const most = Math.max(bounds(dim).max, bounds(b.shape[axis]!).max);
    return at.unknown(`${hint}.${axis}`, visible ? Math.min(most, UNBOUNDED) : UNBOUNDED);
  });
  const contents = sameContents(a.contents, b.contents) ? a.contents : undefined;
  return { dtype: a.dtype, shape, ...(contents && { contents }) };
}
