// float16 as a step of the build: after the passes, so that what they fold is rounded once.

import { type LogRecord, quote, TrtxError } from '@trtx/errors';
import type { Graph } from '@trtx/ir';
import { type Float16Finding, type Float16Options, type Float16Report, lintFloat16, toFloat16 } from '@trtx/passes';

/** What works in float16 and what it loses by that. */
export interface Float16Build extends Float16Report {
  /** What the lint finds about nodes that work in float16. */
  readonly findings: readonly Float16Finding[];
}

/** @throws TrtxError FLOAT16_TYPED where no tensor of the model is float32, so that there is nothing to convert */
export function requireFloat32(graph: Graph): void {
  const types = new Set(
    [...graph.withBodies()].flatMap(({ inputs, nodes }) =>
      [...inputs, ...[...nodes].flatMap(({ outputs }) => outputs)].map(({ type }) => type.dtype),
    ),
  );
  if (types.has('float32')) return;
  throw new TrtxError('FLOAT16_TYPED', `no tensor of the model is float32: they are ${[...types].sort().join(', ')}`, {
    hint: 'Build it without fp16: what is float16 in the model is float16 in the engine.',
  });
}

/** Converts a graph that was optimized, in place. @throws TrtxError as `toFloat16` */
export function workInFloat16(graph: Graph, options: true | Float16Options): Float16Build {
  const findings = lintFloat16(graph);
  const report = toFloat16(graph, options === true ? {} : options);
  const converted = new Set(report.converted);
  return { ...report, findings: findings.filter(({ nodes }) => nodes.some((node) => converted.has(node))) };
}

/** What one should know of a conversion, as records: elements that become 0 are many, and told of in one. */
export function float16Warnings({ converted, findings }: Float16Build): LogRecord[] {
  const isTiny = ({ kind }: Float16Finding) => kind === 'underflow';
  const tiny = findings.filter(isTiny);
  const sum = tiny.reduce((all, { count }) => all + count, 0);
  const warning = (message: string, place: Pick<LogRecord, 'tensor' | 'node'> = {}): LogRecord => ({
    severity: 'warning',
    message: `float16: ${message}`,
    ...place,
  });
  return [
    ...(converted.length === 0 ? [warning('no node of the model works in it')] : []),
    ...findings
      .filter((finding) => !isTiny(finding))
      .map(({ message, tensor, nodes }) => warning(message, { tensor, node: nodes.map(quote).join(', ') })),
    ...(sum > 0 ? [warning(`${sum} elements of ${tiny.length} constants become 0`)] : []),
  ];
}
