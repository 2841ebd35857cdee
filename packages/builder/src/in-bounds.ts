// Engines for devices that do not check accesses.

import { dispatchesOf, type Plan, profilesOf } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';

/**
 * Fails where a plan may read or write out of bounds on a device that does not check that.
 * @throws TrtxError OUT_OF_BOUNDS with the dispatches that may, as far as they are told of
 */
export function requireInBounds(plan: Plan): void {
  const profiles = profilesOf(plan);
  if (profiles.every(({ inBounds }) => inBounds)) return;
  const details = profiles.flatMap(({ steps, work }) => {
    const bounds = work?.dispatches.map((dispatch) => dispatch.bounds) ?? [];
    const open = [...dispatchesOf(steps)].filter((_, i) => bounds[i] === 'open');
    return open.map(({ label, nodes }) => `${label} of ${nodes.map(quote).join(', ')}`);
  });
  throw new TrtxError('OUT_OF_BOUNDS', 'the engine may read or write out of bounds', {
    details: [...new Set(details)],
    hint: 'Run it on a device that checks accesses.',
  });
}
