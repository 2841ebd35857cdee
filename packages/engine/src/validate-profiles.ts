// What optimization profiles have in common has to be so: who runs an engine looks at the first of them for it.
import type { TrtxError } from '@trtx/errors';
import { distinct, fail, invalid, list, object } from './check.ts';
import type { Plan, PlanBuffer } from './plan.ts';
import { profileNames, profilesOf } from './profiles.ts';

/** Each is a plan to check and to prepare, however little of it the file has. */
const MAX_PROFILES = 64;

/** Checks all profiles but the first, `check` being what that one has passed. */
export function checkProfiles(plan: Plan, check: (plan: Plan) => void): void {
  if (plan.profiles === undefined) return;
  if (list(plan.profiles, 'profiles', object) >= MAX_PROFILES) fail('profiles', `are more than ${MAX_PROFILES}`);
  const [first, ...others] = profilesOf(plan) as [Plan, ...Plan[]];
  for (const [i, other] of others.entries()) {
    try {
      check(other);
      if (ports(other) !== ports(first)) fail('inputs and outputs', 'are not those of the first profile');
      for (let b = 0; b < Math.max(first.buffers.length, other.buffers.length); b++) {
        if (shared(first.buffers[b]) !== shared(other.buffers[b])) fail(`buffers[${b}]`, 'is not shared');
      }
    } catch (error) {
      throw invalid(`profile ${i + 1}: ${(error as TrtxError).summary}`);
    }
  }
  distinct(profileNames([first, ...others]), 'profiles');
}

function ports({ inputs, outputs }: Plan): string {
  return JSON.stringify(
    [inputs, outputs].map((all) => all.map(({ name, dtype, shape }) => [name, dtype, shape.length])),
  );
}

function shared(buffer: PlanBuffer | undefined): string | undefined {
  return buffer && /^(weights|host)$/.test(buffer.kind) ? `${buffer.kind} ${buffer.bytes}` : undefined;
}
