// What is done about the bounds of emitted shaders.

import type { EmittedStage } from '../emitted.ts';
import type { Target } from '../target.ts';
import { boundsOf, type Secured, secure } from './secure.ts';
import { settingOf } from './setting.ts';

/** A stage's shader, with its accesses in bounds as far as they are or, for devices that do not check them, can be made so. */
export type Proof = (stage: EmittedStage) => Secured;

/** What is done for a target. Equal shaders that are started in the same way are looked at once. */
export function proofFor({ unchecked = false }: Target): Proof {
  const known = new Map<string, Secured>();
  return ({ wgsl, emitter, launch }) => {
    const setting = settingOf(emitter, launch);
    const key = JSON.stringify([wgsl, setting.lastWorkgroup, [...setting.lengths], setting.sizes]);
    const found = known.get(key) ?? (unchecked ? secure(wgsl, setting) : { wgsl, bounds: boundsOf(wgsl, setting) });
    known.set(key, found);
    return found;
  };
}
