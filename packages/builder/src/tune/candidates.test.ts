import type { Tactic } from '@trtx/codegen';
import { expect, it } from 'vitest';
import { candidatesOf } from './candidates.ts';

const tactic = (id: string, cost: number) => ({ kernel: { id }, cost }) as Tactic;
const names = (tactics: readonly Tactic[]) => tactics.map(({ kernel, cost }) => `${kernel.id}${cost}`);

it('are the cheapest, and the best of every kernel', () => {
  const all = [tactic('a', 1), tactic('a', 2), tactic('a', 3), tactic('b', 4), tactic('b', 5), tactic('c', 50)];
  expect(names(candidatesOf(all, 3))).toEqual(['a1', 'a2', 'b4']);
  expect(names(candidatesOf(all, 1))).toEqual(['a1']);
  expect(names(candidatesOf(all))).toEqual(['a1', 'a2', 'a3', 'b4', 'b5', 'c50']);
});
