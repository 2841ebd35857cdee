import type { Tactic } from '@trtx/codegen';
import { expect, it } from 'vitest';
import { candidatesOf } from './candidates.ts';

const tactic = (id: string, cost: number) => ({ kernel: { id }, cost }) as Tactic;
const names = (tactics: readonly Tactic[]) => tactics.map(({ kernel, cost }) => `${kernel.id}${cost}`);

it('are the cheapest, and the best of every kernel, none of which is hopeless', () => {
  const all = [tactic('b', 3), tactic('a', 1), tactic('a', 2), tactic('b', 2), tactic('a', 2.5), tactic('c', 2.6)];
  expect(names(candidatesOf(all, 3))).toEqual(['a1', 'a2', 'b2']);
  expect(names(candidatesOf(all, 2))).toEqual(['a1', 'b2']);
  expect(names(candidatesOf(all, 1))).toEqual(['a1']);
  expect(names(candidatesOf(all))).toEqual(['a1', 'a2', 'b2', 'a2.5']);
});
