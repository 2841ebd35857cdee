// What `--fp16` did, for people.

import { type Float16Build, float16Warnings } from '@trtx/builder';
import { logText } from '@trtx/errors';
import type { Float16Report } from '@trtx/passes';

/** How much works in float16, and why the rest does not. */
export function float16Line({ converted, kept, casts }: Float16Report): string {
  const reasons = new Map<string, number>();
  for (const { reason } of kept) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const why = [...reasons].map(([reason, count]) => `${reason}: ${count}`).join(', ');
  return `${converted.length} nodes in float16 with ${casts} casts, ${kept.length} in float32${why ? ` (${why})` : ''}`;
}

/** Warnings that are printed; `--log-level` tells all. */
const MOST_WARNINGS = 8;

/** The same of a build, with what is lost by it; nothing where there was none. */
export function float16Lines(float16: Float16Build | undefined): string[] {
  if (!float16) return [];
  const warnings = float16Warnings(float16).map(logText);
  const more = warnings.length - MOST_WARNINGS;
  return [
    float16Line(float16),
    ...warnings.slice(0, MOST_WARNINGS),
    ...(more > 0 ? [`${more} more of them with --log-level warning`] : []),
  ];
}
