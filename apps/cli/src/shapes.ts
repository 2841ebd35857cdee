// The shapes that a user gives: for a build as sizes or ranges, for a run as sizes.

import { TrtxError } from '@trtx/errors';
import { type DimRange, type Profile, parseProfile } from '@trtx/ir';
import type { Command } from 'commander';
import { collect } from './command.ts';

export interface ShapeOptions {
  readonly shapes?: readonly string[];
  readonly minShapes?: readonly string[];
  readonly optShapes?: readonly string[];
  readonly maxShapes?: readonly string[];
}

const TEXTS: Readonly<Record<keyof ShapeOptions, readonly [flag: string, text: string]>> = {
  shapes: ['--shapes <spec>', 'sizes x:1x3x224x224 or ranges x:{1..8}x3x{32..960:32}x224 of inputs'],
  minShapes: ['--min-shapes <spec>', 'the smallest sizes'],
  optShapes: ['--opt-shapes <spec>', 'typical sizes between them, which kernels are chosen and timed for'],
  maxShapes: ['--max-shapes <spec>', 'the largest sizes'],
};

/** Adds the options of shapes. @param gather what becomes of the values of an option */
export function addShapeOptions(
  command: Command,
  gather: (option: keyof ShapeOptions) => (value: string, before?: readonly string[]) => string[] = () => collect,
): Command {
  for (const [option, [flag, text]] of Object.entries(TEXTS))
    command.option(flag, text, gather(option as keyof ShapeOptions));
  return command;
}

/**
 * The profile that the options of a build ask for; undefined for none.
 * @throws TrtxError PROFILE, or USAGE where the options contradict each other
 */
export function profileFrom({ shapes, minShapes, optShapes, maxShapes }: ShapeOptions): Profile | undefined {
  if (shapes) {
    if (minShapes || optShapes || maxShapes)
      throw new TrtxError('USAGE', 'shapes are given in two ways', {
        hint: 'Use --shapes with ranges such as {1..8}, or --min-shapes and --max-shapes.',
      });
    return parseProfile(shapes);
  }
  if (!minShapes && !optShapes && !maxShapes) return undefined;
  if (!minShapes || !maxShapes)
    throw new TrtxError('USAGE', 'a range needs both its ends', { hint: 'Give --min-shapes and --max-shapes.' });
  const [min, max] = [parseSizes('--min-shapes', minShapes), parseSizes('--max-shapes', maxShapes)];
  const profile = joinProfiles(min, max);
  return optShapes ? withTypical(profile, parseSizes('--opt-shapes', optShapes)) : profile;
}

/** Sizes by input name, `null` where an axis is left as the model has it. */
export type Sizes = Readonly<Record<string, readonly (number | null)[]>>;

/**
 * A profile that has no ranges.
 * @throws TrtxError PROFILE
 */
export function parseSizes(option: string, args: readonly string[]): Sizes {
  const profile = parseProfile(args);
  for (const [tensor, axes] of Object.entries(profile))
    if (axes.some((axis) => axis !== null && typeof axis === 'object'))
      throw new TrtxError('PROFILE', `${option} takes sizes, not ranges`, {
        tensor,
        hint: 'Write x:1x3x224x224.',
      });
  return profile as Sizes;
}

function joinProfiles(min: Sizes, max: Sizes): Profile {
  const profile: Record<string, (number | DimRange | null)[]> = {};
  for (const tensor of new Set([...Object.keys(min), ...Object.keys(max)])) {
    const [low, high] = [min[tensor], max[tensor]];
    if (low?.length !== high?.length || !low || !high)
      throw wrong(tensor, '--min-shapes and --max-shapes do not have the same axes', 'Give the same inputs to both.');
    profile[tensor] = low.map((from, axis) => {
      const to = high[axis]!;
      if (from === null || to === null) {
        if (from === to) return null;
        throw wrong(tensor, `axis ${axis} has only one end`, 'Give both a size, or leave it by ? in both.');
      }
      if (from > to) throw wrong(tensor, `axis ${axis}: ${from} is above ${to}`, 'Exchange them.');
      return from === to ? from : { min: from, max: to };
    });
  }
  return profile;
}

/** The ranges with their typical sizes, of inputs that some are given for. */
function withTypical(profile: Profile, sizes: Sizes): Profile {
  const told = Object.entries(sizes).map(([tensor, axes]) => {
    const ranges = axes.map((size, axis) => {
      const range = profile[tensor]?.[axis] ?? null;
      if (size === null || size === range) return range;
      if (range === null || typeof range === 'number' || size < range.min || size > range.max)
        throw wrong(tensor, `--opt-shapes: axis ${axis} is ${size}`, 'It lies between --min-shapes and --max-shapes.');
      return { ...range, opt: size };
    });
    if (ranges.length !== profile[tensor]?.length)
      throw wrong(tensor, '--opt-shapes has other axes than --min-shapes', 'Give the same inputs to both.');
    return [tensor, ranges] as const;
  });
  return { ...profile, ...Object.fromEntries(told) };
}

function wrong(tensor: string, message: string, hint: string): TrtxError {
  return new TrtxError('PROFILE', message, { tensor, hint });
}
