// Shaders whose accesses are all in bounds, whatever the inputs: because that is proved, or because what is not proved is
// made so. An index that may pass the end of what it is for is taken for the last one, as implementations of WebGPU do that
// check all accesses; where every shader of an engine is such, a device may leave out these checks.

import type { OpenAccess, Setting } from './evaluator.ts';
import { parseModule } from './parser.ts';
import { openAccesses } from './walk.ts';

/** `proved`: all accesses are in bounds as they stand. `clamped`: some had to be made so. `open`: some may not be. */
export type Bounds = 'proved' | 'clamped' | 'open';

export interface Secured {
  readonly wgsl: string;
  readonly bounds: Bounds;
}

/** Whether all accesses of a shader are in bounds: `proved`, or `open`. */
export function boundsOf(wgsl: string, setting: Setting): Bounds {
  return openIn(wgsl, setting)?.length === 0 ? 'proved' : 'open';
}

/** The shader with all its accesses in bounds, as far as that can be. */
export function secure(wgsl: string, setting: Setting): Secured {
  const open = openIn(wgsl, setting);
  if (!open) return { wgsl, bounds: 'open' };
  if (open.length === 0) return { wgsl, bounds: 'proved' };
  const bounds = open.every(({ last }) => last !== undefined) ? 'clamped' : 'open';
  return { wgsl: clamped(wgsl, open), bounds };
}

/** Undefined where the shader is not understood. */
function openIn(wgsl: string, setting: Setting): OpenAccess[] | undefined {
  try {
    return openAccesses(parseModule(wgsl), setting);
  } catch {
    return undefined;
  }
}

function clamped(wgsl: string, open: readonly OpenAccess[]): string {
  const insertions = open.flatMap(({ span: { start, end }, last }) =>
    last === undefined
      ? []
      : [
          { at: start, size: end - start, text: 'min(u32(' },
          { at: end, size: start - end, text: `), ${last})` },
        ],
  );
  // At one place what ends comes before what begins; of several that begin the longest comes first, of those that end the shortest.
  insertions.sort((a, b) => a.at - b.at || Math.sign(a.size) - Math.sign(b.size) || b.size - a.size);
  let [text, from] = ['', 0];
  for (const { at, text: inserted } of insertions) {
    text += wgsl.slice(from, at) + inserted;
    from = at;
  }
  return text + wgsl.slice(from);
}
