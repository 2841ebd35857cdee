// Regular expressions of RE2's syntax, as whole matches. A pattern becomes a program for a machine that follows all ways
// through it at once (Thompson, 1968): the time is proportional to the text's length whatever the pattern, as in RE2.

import { quote, TrtxError } from '@trtx/errors';
import { parseRegex, type RegexNode } from './syntax.ts';

/** Instructions; numbers are places in the program. */
type Step =
  | { readonly kind: 'character'; test(code: number): boolean }
  | { readonly kind: 'check'; holds(before: number | undefined, after: number | undefined): boolean }
  | { readonly kind: 'split'; a: number; b: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'match' };

/** Nodes of a pattern with its repetitions written out, of which it may ask for many. */
const MAX_NODES = 100_000;

export interface Regex {
  /** Instructions of the machine: what a character of a text may take. */
  readonly size: number;
  /** Whether the pattern matches the whole text. */
  matches(text: string): boolean;
}

/** @throws TrtxError REGEX where the pattern is not of RE2's syntax, or too large */
export function compileRegex(pattern: string): Regex {
  const steps: Step[] = [];
  const push = (step: Step) => steps.push(step) - 1;
  let nodes = 0;
  const emit = (node: RegexNode): void => {
    if (++nodes > MAX_NODES) throw new TrtxError('REGEX', `the regular expression ${quote(pattern)} is too large`);
    switch (node.kind) {
      case 'character':
      case 'check':
        push(node);
        return;
      case 'sequence':
        node.items.forEach(emit);
        return;
      case 'either':
        emitEither(node.options);
        return;
      case 'repeat': {
        for (let i = 0; i < node.min; i++) emit(node.item);
        if (node.max === Number.POSITIVE_INFINITY) emitLoop(node.item);
        else emitOptional(node.item, node.max - node.min);
      }
    }
  };
  const emitEither = (options: readonly RegexNode[]) => {
    const jumps: number[] = [];
    options.forEach((option, i) => {
      const last = i === options.length - 1;
      const split = last ? -1 : push({ kind: 'split', a: steps.length + 1, b: 0 });
      emit(option);
      if (last) return;
      jumps.push(push({ kind: 'jump', to: 0 }));
      (steps[split] as { b: number }).b = steps.length;
    });
    for (const jump of jumps) (steps[jump] as { to: number }).to = steps.length;
  };
  const emitLoop = (item: RegexNode) => {
    const split = push({ kind: 'split', a: steps.length + 1, b: 0 });
    emit(item);
    push({ kind: 'jump', to: split });
    (steps[split] as { b: number }).b = steps.length;
  };
  const emitOptional = (item: RegexNode, times: number) => {
    const splits: number[] = [];
    for (let i = 0; i < times; i++) {
      splits.push(push({ kind: 'split', a: steps.length + 1, b: 0 }));
      emit(item);
    }
    for (const split of splits) (steps[split] as { b: number }).b = steps.length;
  };
  emit(parseRegex(pattern));
  push({ kind: 'match' });
  return {
    size: steps.length,
    matches: (text) =>
      run(
        steps,
        Array.from(text, (c) => c.codePointAt(0)!),
      ),
  };
}

function run(steps: readonly Step[], codes: readonly number[]): boolean {
  let places = reachable(steps, [0], undefined, codes[0]);
  codes.forEach((code, i) => {
    const next: number[] = [];
    for (const place of places) {
      const step = steps[place]!;
      if (step.kind === 'character' && step.test(code)) next.push(place + 1);
    }
    places = reachable(steps, next, code, codes[i + 1]);
  });
  return places.has(steps.length - 1);
}

/** The places that are reached from some without reading a character, between two characters of the text. */
function reachable(
  steps: readonly Step[],
  from: readonly number[],
  before: number | undefined,
  after: number | undefined,
): Set<number> {
  const reached = new Set<number>();
  const stack = [...from];
  while (stack.length > 0) {
    const place = stack.pop()!;
    if (reached.has(place)) continue;
    reached.add(place);
    const step = steps[place]!;
    if (step.kind === 'split') stack.push(step.a, step.b);
    else if (step.kind === 'jump') stack.push(step.to);
    else if (step.kind === 'check' && step.holds(before, after)) stack.push(place + 1);
  }
  return reached;
}
