// Dispatches on the clock of the host.
import type { TimedDispatch } from './dispatch-timer.ts';
import type { DispatchFacts } from './facts.ts';
import type { Span } from './timeline.ts';

/**
 * The clocks of GPU and host differ by a constant that WebGPU does not tell. No run begins on the GPU before it is recorded:
 * the least constant for which that holds is taken, so that what is shown of the GPU is early by what the fastest of the
 * runs took to be submitted.
 */
export function gpuSpans(
  runs: readonly (readonly TimedDispatch[])[],
  recorded: readonly number[],
  facts: readonly DispatchFacts[],
): Span[] {
  const byOp = new Map(facts.map((fact) => [fact.op, fact]));
  const right = runs.map((run) => run.filter(({ isWrong }) => !isWrong));
  const first = right.find((run) => run.length > 0)?.[0]?.begin;
  if (first === undefined) return [];
  // Relative to the first: floats do not hold nanoseconds since the device was switched on.
  const ms = (time: bigint) => Number(time - first) / 1e6;
  const offset = Math.max(...right.flatMap((run, i) => (run[0] ? [recorded[i]! - ms(run[0].begin)] : [])));
  return right.flat().map(({ op, begin, end, workgroups }): Span => {
    const { tactic = 'dispatch', nodes = [] } = byOp.get(op) ?? {};
    const details = { nodes: nodes.join(', '), workgroups: workgroups.join(' x ') };
    return { track: 'GPU', name: tactic, begin: offset + ms(begin), end: offset + ms(end), details };
  });
}
