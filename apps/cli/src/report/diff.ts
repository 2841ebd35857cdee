// Two models beside each other, as data and for people.

import { quote } from '@trtx/errors';
import type { DeclaredValue, ImportedNode, ModelSurvey } from '@trtx/onnx';
import { bytesText, table } from '../text.ts';
import { valueText } from './model.ts';
import { type Counts, countOps, countRows, sumOf } from './optimize.ts';

/** What only the model before has, and what only the one after. */
interface Change<T> {
  readonly gone: readonly T[];
  readonly added: readonly T[];
}

export interface DiffData {
  /** Nodes, those in bodies of control flow included, Constants left out. */
  readonly nodes: Counts;
  /** Counts of the ops of which there are more or less than before. */
  readonly ops: Readonly<Record<string, Counts>>;
  /** Nodes by name; one that became another op is among both. */
  readonly named: Change<ImportedNode>;
  readonly constantBytes: Counts;
  /** Opsets by domain that are not the same. */
  readonly opsets: Readonly<Record<string, { readonly before: number | null; readonly after: number | null }>>;
  readonly inputs: Change<DeclaredValue>;
  readonly outputs: Change<DeclaredValue>;
}

export function diffData(before: ModelSurvey, after: ModelSurvey): DiffData {
  const counts = countOps(
    before.named.map(({ op }) => op),
    after.named.map(({ op }) => op),
  );
  const domains = [...new Set([...before.opsets.keys(), ...after.opsets.keys()])];
  const opsets = domains.flatMap((domain) => {
    const [a, b] = [before, after].map(({ opsets }) => opsets.get(domain) ?? null) as [number | null, number | null];
    return a === b ? [] : [[domain || 'ai.onnx', { before: a, after: b }] as const];
  });
  const isNode = ({ op }: ImportedNode) => op !== 'Constant';
  return {
    nodes: { before: sumOf(counts, 'before'), after: sumOf(counts, 'after') },
    ops: Object.fromEntries([...counts].filter(([, own]) => own.before !== own.after)),
    named: change(before.named.filter(isNode), after.named.filter(isNode)),
    constantBytes: { before: before.constantBytes, after: after.constantBytes },
    opsets: Object.fromEntries(opsets),
    inputs: change(before.inputs, after.inputs),
    outputs: change(before.outputs, after.outputs),
  };
}

function change<T>(before: readonly T[], after: readonly T[]): Change<T> {
  const without = (list: readonly T[], others: readonly T[]) => {
    const known = new Set(others.map((item) => JSON.stringify(item)));
    return list.filter((item) => !known.has(JSON.stringify(item)));
  };
  return { gone: without(before, after), added: without(after, before) };
}

/** Names past which lists for people end. */
const MAX_NAMES = 40;

export function diffLines({ nodes, ops, named, constantBytes, opsets, inputs, outputs }: DiffData): string[] {
  const versions = Object.entries(opsets).map(
    ([domain, { before, after }]) => `${quote(domain)} ${before ?? 'none'} became ${after ?? 'none'}`,
  );
  return [
    ...(Object.keys(ops).length > 0 ? table(countRows(Object.entries(ops)), '  ') : []),
    ...changeLines('node', named, ({ node, op }) => `${quote(node)} (${quote(op)})`),
    ...changeLines('input', inputs, valueText),
    ...changeLines('output', outputs, valueText),
    ...versions.map((text) => `opset: ${text}`),
    `constants: ${bytesText(constantBytes.before)} became ${bytesText(constantBytes.after)}`,
    `nodes: ${nodes.before} became ${nodes.after}`,
  ];
}

/** `- node …` for what is gone, `+ node …` for what is new. */
function changeLines<T>(what: string, { gone, added }: Change<T>, text: (item: T) => string): string[] {
  const lines = (sign: string, items: readonly T[]) => {
    const shown = items.slice(0, MAX_NAMES).map((item) => `${sign} ${what} ${text(item)}`);
    return items.length > MAX_NAMES
      ? [...shown, `${sign} and ${items.length - MAX_NAMES} more (all with --json)`]
      : shown;
  };
  return [...lines('-', gone), ...lines('+', added)];
}
