import { tacticLabel } from '@trtx/codegen';
import { expect, it } from 'vitest';
import { buildPlan } from './build.ts';
import { matmulGraph } from './testing/models.ts';

const profile = { x: [4, null] };
const labelOf = (tactics?: ReadonlyMap<string, string>) =>
  buildPlan(matmulGraph(), { profile, tactics }).plan.steps.flatMap((step) =>
    step.kind === 'dispatches' ? step.dispatches.map(({ label, nodes }) => ({ label, nodes })) : [],
  );
const [{ label, nodes }] = labelOf() as [{ label: string; nodes: string[] }];

it('takes the tactic that is asked for', () => {
  const tactics = failureOf(new Map([[nodes[0]!, 'none']])).details;
  expect(tactics[0]).toBe(label);
  const other = tactics.at(-1)!;
  expect(other).not.toBe(label);
  expect(labelOf(new Map([[nodes[0]!, other]]))[0]!.label).toBe(other);
  const kernel = other.split(' ')[0]!;
  expect(labelOf(new Map([[nodes[0]!, kernel]]))[0]!.label).toMatch(new RegExp(`^${kernel}`));
});

it('lets a function choose where no tactic is asked for', () => {
  const seen: string[] = [];
  const labels = buildPlan(matmulGraph(), {
    profile,
    choose(tactics) {
      seen.push(tacticLabel(tactics[0]!), tacticLabel(tactics.at(-1)!));
      return tactics.at(-1);
    },
  }).plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches.map((one) => one.label) : []));
  expect(seen).toEqual([label, ...labels]);
});

it('refuses tactics and nodes that there are not', () => {
  expect(failureOf(new Map([['Nowhere', 'matmul.direct']]))).toMatchObject({
    code: 'TACTIC_UNKNOWN',
    place: { node: 'Nowhere' },
  });
});

function failureOf(tactics: ReadonlyMap<string, string>): Error & { details: readonly string[] } {
  try {
    labelOf(tactics);
  } catch (error) {
    return error as Error & { details: readonly string[] };
  }
  throw new Error('nothing was refused');
}
