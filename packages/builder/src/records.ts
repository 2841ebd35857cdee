// What a build tells a logger, beside the errors that it throws: what was chosen, what it cost, and what is not as one
// would wish.
import type { Target } from '@trtx/codegen';
import { dispatchesOf, inspectEngine, kernelId, type Plan } from '@trtx/engine';
import { type Logger, quote } from '@trtx/errors';
import type { OptimizeReport } from '@trtx/passes';

/** What is built for. */
export function tellTarget(log: Logger, { features, limits }: Target): void {
  log({ severity: 'info', message: `built for a device with ${[...features].join(', ') || 'no optional feature'}` });
  for (const [name, value] of Object.entries(limits)) log({ severity: 'verbose', message: `${name}: ${value}` });
}

/** What the graph passes did. */
export function tellPasses(log: Logger, { passes, nodesBefore, nodesAfter, milliseconds }: OptimizeReport): void {
  for (const { pass, runs, firings, milliseconds: ms } of passes) {
    log({ severity: 'verbose', message: `pass ${pass}: ${firings} firings in ${runs} runs`, ms });
  }
  log({ severity: 'info', message: `optimized: ${nodesBefore} nodes to ${nodesAfter}`, ms: milliseconds });
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
