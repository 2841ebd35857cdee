// Opset normalization: a node of any version becomes one with the newest semantics, step by step. What an op needs is in
// the tables of its family; this file only finds and takes the steps. Ops that are in no table mean what they always did.

import { opName } from '@trtx/ir';
import { activationSteps } from './activations.ts';
import { arithmeticSteps } from './arithmetic.ts';
import { attentionSteps } from './attention.ts';
import { causalConv } from './causal-conv.ts';
import { gatherSteps } from './gather.ts';
import { layoutSteps } from './layout.ts';
import { lossSteps } from './loss.ts';
import { matmulSteps } from './matmul.ts';
import { microsoftOps } from './microsoft/index.ts';
import { defaultDomainNorms } from './microsoft/norms.ts';
import type { Emitter, LegacyNode, Spelling, Step } from './node.ts';
import { normalizationSteps } from './normalization.ts';
import { poolSteps } from './pool.ts';
import { quantizeSteps } from './quantize.ts';
import { recurrentSteps } from './recurrent.ts';
import { reduceSteps } from './reduce.ts';
import { hasNoRegion, resizeSteps } from './resize.ts';
import { sequenceSteps } from './sequences.ts';
import { signalSteps } from './signal.ts';
import { type SpelledOp, spelledTable } from './spelled.ts';
import { statisticsSteps } from './statistics.ts';

export type { Emitter, LegacyNode, Spelling, Spellings } from './node.ts';

/** The newest opset whose changes the steps and the op definitions know. */
export const NEWEST_OPSET = 28;

const STEPS: readonly Step[] = [
  ...arithmeticSteps,
  ...activationSteps,
  ...layoutSteps,
  ...gatherSteps,
  ...resizeSteps,
  ...matmulSteps,
  ...reduceSteps,
  ...normalizationSteps,
  ...recurrentSteps,
  ...attentionSteps,
  ...signalSteps,
  ...statisticsSteps,
  ...poolSteps,
  ...quantizeSteps,
  ...lossSteps,
  ...sequenceSteps,
];

const stepsOf = new Map<string, Step[]>();
for (const step of STEPS)
  for (const op of step.ops) {
    const own = stepsOf.get(op) ?? [];
    own.push(step);
    stepsOf.set(op, own);
  }
for (const own of stepsOf.values()) own.sort((a, b) => a.before - b.before);

/** Ops that newer ones took the place of or that steps write out in others, and with which op they end up. */
export const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['Upsample', 'Resize'],
  ['Scatter', 'ScatterElements'],
  ['Scan', 'Loop'],
  ['SequenceMap', 'Loop'],
  ['MeanVarianceNormalization', 'Div'],
  ['LRN', 'Div'],
  ['NegativeLogLikelihoodLoss', 'Neg'],
  ['SoftmaxCrossEntropyLoss', 'Neg'],
  ['DynamicQuantizeLinear', 'QuantizeLinear'],
  ['QLinearMatMul', 'QuantizeLinear'],
  ['QLinearConv', 'QuantizeLinear'],
]);

/** The name under which the registry has the op of the default domain. */
export function currentName(op: string): string {
  return SUCCESSORS.get(op) ?? op;
}

/** Ops by domain that are written in others. */
const SPELLED: ReadonlyMap<string, ReadonlyMap<string, SpelledOp>> = new Map([
  ['', spelledTable([causalConv, defaultDomainNorms])],
  ['com.microsoft', microsoftOps],
]);

/** The ops that are written in others, as `opName` writes them. */
export function spelledNames(): string[] {
  return [...SPELLED].flatMap(([domain, ops]) => [...ops.keys()].map((name) => opName({ domain, name })));
}

/** How a node is written in other ops, where none of the graph's own is what it does. */
export function spellingOf(op: string, domain: string): Spelling | undefined {
  return SPELLED.get(domain)?.get(op)?.spell;
}

/** True where the elements of an input of such a node steer shapes, as `OperandSpec.steersShape` tells for others. */
export function steersShape(op: string, domain: string, input: number): boolean {
  return SPELLED.get(domain)?.get(op)?.steers?.includes(input) ?? false;
}

/** The opset versions below which nodes of an op of the default domain are rewritten, ascending. */
export function rewrittenBelow(op: string): number[] {
  const versions = (stepsOf.get(op) ?? []).map(({ before }) => before).filter(Number.isFinite);
  return [...new Set(versions)].sort((a, b) => a - b);
}

/** The names of a node's inputs in the places where the op that it becomes has them. */
export function currentInputs(op: string, version: number, inputs: readonly string[]): readonly string[] {
  return hasNoRegion(op, version) ? [inputs[0] ?? '', '', ...inputs.slice(1)] : inputs;
}

/** Gives a node of the default domain the newest semantics. */
export function normalize(node: LegacyNode, emit: Emitter): void {
  for (;;) {
    const steps = stepsOf.get(node.op)?.filter((step) => node.version < step.before);
    if (!steps?.length) return;
    const { before } = steps[0]!;
    for (const step of steps) if (step.before === before) step.apply(node, emit);
    node.version = before;
  }
}
