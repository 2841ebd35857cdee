// Optimization profiles of a build: options of shapes, each of which belongs to the --profile before it.

import type { BuildOptions, OptimizationProfile } from '@trtx/builder';
import { quote, TrtxError } from '@trtx/errors';
import type { Command } from 'commander';
import { collect } from './command.ts';
import { addShapeOptions, profileFrom, type ShapeOptions } from './shapes.ts';

/** What the options up to the next --profile say. */
interface Group {
  /** Absent before the first --profile. */
  readonly name?: string;
  readonly shapes: { -readonly [option in keyof ShapeOptions]?: string[] };
}

/** Adds the options of shapes. The result tells, once they are parsed, what profiles they ask for. */
export function addProfileOptions(command: Command): () => Pick<BuildOptions, 'profile' | 'profiles'> {
  const groups: Group[] = [{ shapes: {} }];
  const gather = (option: keyof ShapeOptions) => (value: string) => {
    const { shapes } = groups.at(-1)!;
    const values = collect(value, shapes[option]);
    shapes[option] = values;
    return values;
  };
  addShapeOptions(command, gather).option(
    '--profile <name>',
    'begins one of several profiles: shapes that follow are for it',
    (name: string) => {
      groups.push({ name, shapes: {} });
    },
  );
  return () => profilesFrom(groups);
}

function profilesFrom([before, ...named]: readonly Group[]): Pick<BuildOptions, 'profile' | 'profiles'> {
  const first = profileFrom(before!.shapes);
  if (named.length === 0) return { profile: first };
  if (first)
    throw new TrtxError('USAGE', 'there are shapes before the first --profile', {
      hint: 'Give all shapes after the --profile that they are for.',
    });
  return { profiles: named.map(namedProfile) };
}

function namedProfile({ name, shapes }: Group): OptimizationProfile {
  const profile = profileFrom(shapes);
  if (!profile)
    throw new TrtxError('USAGE', `the profile ${quote(name!)} has no shapes`, {
      hint: "Give some after it: --profile small --shapes 'x:{1..8}x3' --profile large --shapes 'x:{9..64}x3'.",
    });
  return { name: name!, shapes: profile };
}
