// What a build tells a logger, beside the errors that it throws and what passes tell: what was chosen, what it cost, and
// what is not as one would wish.
import type { Target } from '@trtx/codegen';
import { dispatchesOf, inspectEngine, kernelId, type Plan } from '@trtx/engine';
import { type Logger, quote } from '@trtx/errors';
import { type Float16Build, float16Warnings } from './float16.ts';

/** What is built for. */
export function tellTarget(log: Logger, { features, limits, subgroups, matrices }: Target): void {
  log({ severity: 'info', message: `built for a device with ${[...features].join(', ') || 'no optional feature'}` });
  for (const [name, value] of Object.entries(limits)) log({ severity: 'verbose', message: `${name}: ${value}` });
  if (subgroups) log({ severity: 'verbose', message: `subgroups of ${subgroups.min} to ${subgroups.max} invocations` });
  for (const { operand, result, m, n, k } of matrices)
    log({ severity: 'verbose', message: `subgroup matrix ${operand} ${result} ${m}x${n}x${k}` });
}

/** What works in float16, what does not and why, and what is lost by it. */
export function tellFloat16(log: Logger, float16: Float16Build): void {
  const { converted, kept, casts, findings } = float16;
  for (const { node, reason } of kept) log({ severity: 'verbose', message: `stays in float32: ${reason}`, node });
  for (const { tensor, message } of findings)
    log({ severity: 'verbose', message: `constant in float16: ${message}`, tensor });
  log({
    severity: 'info',
    message: `float16: ${converted.length} nodes with ${casts} casts, ${kept.length} stay in float32`,
  });
  for (const record of float16Warnings(float16)) log(record);
}

/** What the plan has: tactics, memory, and nodes on the host, which make a run wait. */
export function tellPlan(log: Logger, plan: Plan): void {
  for (const { label, nodes } of dispatchesOf(plan.steps)) {
    log({ severity: 'verbose', message: `tactic ${label}`, kernel: kernelId(label), node: nodes.join(', ') });
  }
  for (const { node, op, reason, step } of plan.hostNodes) {
    if (step !== undefined) log({ severity: 'warning', message: `${quote(op)} is on the host: ${reason}`, node });
  }
  const { dispatches, arenaBytes, liveBytesPeak, weightBytes } = inspectEngine(plan);
  log({
    severity: 'info',
    message: `${dispatches} dispatches, ${weightBytes} bytes of weights, ${arenaBytes} bytes for intermediate tensors (${liveBytesPeak} of them needed at once)`,
  });
}
