// Ranges for dynamic dimensions that the user did not give.

import { TrtxError } from '@trtx/errors';
import { bounds, type DimRange, type Graph, type Profile } from '@trtx/ir';

/**
 * A range around the shapes of given inputs: half to twice each size whose dimension is dynamic, so that an engine built
 * with it has dynamic shapes throughout.
 */
export function profileAround(graph: Graph, dims: ReadonlyMap<string, readonly number[]>): Profile {
  const profile: Record<string, (number | DimRange | null)[]> = {};
  for (const input of graph.inputs) {
    const given = dims.get(input.name);
    if (!given) continue;
    profile[input.name] = input.type.shape.map((dim, axis) => {
      const size = given[axis]!;
      return typeof dim === 'number' ? null : { min: Math.ceil(size / 2), max: Math.max(2, size * 2) };
    });
  }
  return profile;
}

/** The profile of exactly these shapes. */
export function profileOf(dims: ReadonlyMap<string, readonly number[]>): Profile {
  return Object.fromEntries(dims);
}

/** @throws TrtxError PROFILE_MISSING with every dynamic dimension that has no upper bound, and an example */
export function requireBounded(graph: Graph): void {
  const open = graph.inputs.filter((input) => input.type.shape.some((dim) => bounds(dim).max >= 2 ** 31 - 1));
  if (open.length === 0) return;
  const example = open.map((input) => {
    const axes = input.type.shape.map((dim) => (bounds(dim).max >= 2 ** 31 - 1 ? '{1..64}' : String(dim)));
    return `${input.name}:${axes.join('x')}`;
  });
  throw new TrtxError('PROFILE_MISSING', 'dynamic dimensions need a range', {
    tensor: open[0]!.name,
    details: open.map((input) => `${input.name}: [${input.type.shape.join(', ')}]`),
    hint: `Give one, for example --shapes '${example.join(',')}'; from 0 where there may be nothing, as in a cache at first.`,
  });
}
