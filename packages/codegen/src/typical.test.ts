import { add, ceilDiv, dimOf, floorDiv, GraphBuilder, mul, type Profile, Sym, specialize, sub } from '@trtx/ir';
import { expect, it } from 'vitest';
import { problemsOf } from './problem/problems.ts';
import { PORTABLE } from './target.ts';
import { ones } from './testing/groups.ts';
import { atTypicalSizes, typical } from './typical.ts';

const N = dimOf(new Sym('N', 4, 64));
const L = dimOf(new Sym('L', 1, 512, undefined, 100));

it('is what the profile tells, else the middle of the range, in whole expressions', () => {
  expect(typical(7)).toBe(7);
  expect(typical(N)).toBe(16);
  expect(typical(L)).toBe(100);
  expect(typical(add(mul(N, L), 1))).toBe(1601);
  expect(typical(ceilDiv(L, 8))).toBe(13);
  expect(typical(sub(N, L))).toBe(1);
  expect(atTypicalSizes(sub(N, L))).toBe(-84);
  expect(atTypicalSizes(floorDiv(L, sub(N, 16)))).toBe(100);
});

/** The cheapest tactics of a product and a reduction over up to 4096 rows, by the cost model. */
function cheapest(opt?: number) {
  const b = new GraphBuilder('g');
  const x = b.input('x', 'float32', ['N', 256]);
  b.output('y', b.MatMul(x, ones(b, 256, 512)));
  b.output('z', b.ReduceMax(x, b.constant('int64', [1], [0])));
  const profile: Profile = { x: [{ min: 1, opt, max: 4096 }, 256] };
  specialize(b.graph, profile);
  return problemsOf(b.graph, { target: PORTABLE }).map(
    ({ tactics: [first] }) => `${first!.kernel.id} ${JSON.stringify(first!.params)}`,
  );
}

it('is what the cost model chooses for', () => {
  expect(cheapest(64)).toEqual(cheapest());
  const [few, many] = [cheapest(1), cheapest(4096)];
  expect(few[0]).not.toBe(many[0]);
  expect(few[1]).not.toBe(many[1]);
});
