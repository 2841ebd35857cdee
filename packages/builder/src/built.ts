// What an engine was built with, as its plan keeps it: enough to build it again.

import { type CompileOptions, PORTABLE, type Target } from '@trtx/codegen';
import type { Plan } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import type { Profile } from '@trtx/ir';
import type { Float16Options, OptimizeOptions } from '@trtx/passes';
import type { Plugin } from '@trtx/plugin';
import type { OptimizationProfile } from './profile.ts';

/** The options of a build that its engine keeps. */
export interface KeptOptions {
  readonly profile?: Profile;
  readonly profiles?: readonly OptimizationProfile[];
  readonly level?: OptimizeOptions['level'];
  readonly fp16?: boolean | Float16Options;
  readonly int64?: CompileOptions['int64'];
  readonly target?: Target;
  /** Of these the names. */
  readonly plugins?: readonly Plugin[];
}

/** As JSON holds them. */
interface Built extends Pick<KeptOptions, 'profiles' | 'level' | 'fp16' | 'int64'> {
  readonly target: Omit<Target, 'features'> & { readonly features: readonly string[] };
  readonly plugins: readonly string[];
}

export function builtWith(options: KeptOptions): Readonly<Record<string, unknown>> {
  const { profile, profiles, level = 2, fp16, int64, target = PORTABLE, plugins = [] } = options;
  const built: Built = {
    profiles: profiles ?? (profile && [{ shapes: profile }]),
    level,
    fp16,
    int64,
    target: { ...target, features: [...target.features].sort() },
    plugins: plugins.map(({ name }) => name),
  };
  return { ...built };
}

/**
 * The options that an engine was built with, but for those that are functions.
 *
 * @param plugins those that it was built with
 * @throws TrtxError REFIT where it does not tell, or where plugins are others
 */
export function optionsOf({ built }: Plan, plugins: readonly Plugin[] = []): KeptOptions {
  if (!built)
    throw new TrtxError('REFIT', 'the engine does not tell what it was built with', { hint: 'Build it anew.' });
  const { target, plugins: names, profiles, ...plain } = built as unknown as Built;
  const given = plugins.map(({ name }) => name);
  if (String(given) !== String(names))
    throw new TrtxError('REFIT', `the engine was built with the plugins ${names.join(', ') || '(none)'}`, {
      hint: 'Give the same, in the same order.',
    });
  const [first, ...others] = profiles ?? [];
  // One without a name is the shapes that importers can make use of.
  const shapes = first && others.length === 0 && first.name === undefined ? { profile: first.shapes } : { profiles };
  return { ...plain, ...shapes, target: { ...target, features: new Set(target.features) }, plugins };
}
