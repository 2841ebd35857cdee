// Opset normalization: a node of any version becomes one with the newest semantics, step by step. What an op needs is in
// the tables of its family; this file only finds and takes the steps. Ops that are in no table mean what they always did.

import { activationSteps } from './activations.ts';
import { arithmeticSteps } from './arithmetic.ts';
import { attentionSteps } from './attention.ts';
import { causalConvSteps } from './causal-conv.ts';
import { gatherSteps } from './gather.ts';
import { layoutSteps } from './layout.ts';
import { lossSteps } from './loss.ts';
import { matmulSteps } from './matmul.ts';
import type { Emitter, LegacyNode, Step } from './node.ts';
import { normalizationSteps } from './normalization.ts';
import { poolSteps } from './pool.ts';
import { quantizeSteps } from './quantize.ts';
import { recurrentSteps } from './recurrent.ts';
import { reduceSteps } from './reduce.ts';
import { resizeSteps } from './resize.ts';
import { sequenceSteps } from './sequences.ts';
import { signalSteps } from './signal.ts';
import { statisticsSteps } from './statistics.ts';

export type { Emitter, LegacyNode } from './node.ts';

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
  ...causalConvSteps,
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

/** Ops that newer ones took the place of or that are written out in others, and with which op they end up. */
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['Upsample', 'Resize'],
  ['Scatter', 'ScatterElements'],
  ['Scan', 'Loop'],
  ['SequenceMap', 'Loop'],
  ['MeanVarianceNormalization', 'Div'],
  ['LRN', 'Div'],
  ['NegativeLogLikelihoodLoss', 'Neg'],
  ['SoftmaxCrossEntropyLoss', 'Neg'],
  ['CausalConvWithState', 'Conv'],
  ['DynamicQuantizeLinear', 'QuantizeLinear'],
  ['QLinearMatMul', 'QuantizeLinear'],
  ['QLinearConv', 'QuantizeLinear'],
]);

/** The name under which the registry has the op of the default domain. */
export function currentName(op: string): string {
  return SUCCESSORS.get(op) ?? op;
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
