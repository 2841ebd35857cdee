// Optimization profiles as the user gives them, and ranges for dynamic dimensions that he did not give.

import { isTrtxError, quote, TrtxError } from '@trtx/errors';
import { bounds, type DimRange, type Graph, type Profile } from '@trtx/ir';

/** One of several profiles of an engine. */
export interface OptimizationProfile {
  /** What a context is made for it by; without a name it goes by its number. */
  readonly name?: string;
  /** Sizes or ranges of dynamic input dimensions. */
  readonly shapes: Profile;
}

/**
 * What the profiles go by.
 * @throws TrtxError PROFILE where there is none, two have one name, or `other` is given beside them
 */
export function requireProfiles(profiles: readonly OptimizationProfile[], other?: Profile): string[] {
  const names = profiles.map(({ name }, i) => name ?? String(i));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  const why =
    names.length === 0
      ? 'there is no profile among `profiles`'
      : twice !== undefined
        ? `two profiles are called ${quote(twice)}`
        : other && '`profile` is given beside `profiles`';
  if (why)
    throw new TrtxError('PROFILE', why, { hint: 'Give `profiles` one entry or more, each with a name of its own.' });
  return names;
}

/** Errors of `work` tell which profile they are about. */
export function inProfile<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    const { code, summary, place, hint, details } = error;
    throw new TrtxError(code, `profile ${quote(name)}: ${summary}`, { ...place, hint, details, cause: error });
  }
}

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
