import { GraphBuilder, parseProfile, specialize } from '@trtx/ir';
import { expect, it } from 'vitest';
import { profileAround, profileOf, requireBounded } from './profile.ts';

function graph() {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', ['N', 3, 'L']);
  const past = b.input('past', 'float32', ['N', 3, 'P']);
  b.output('y', b.Relu(x));
  b.output('z', b.Relu(past));
  return b.graph;
}

const dims = new Map([
  ['x', [1, 3, 100]],
  ['past', [1, 3, 0]],
]);

it('profileAround spans half to twice each dynamic size, the size itself included', () => {
  expect(profileAround(graph(), dims)).toEqual({
    x: [{ min: 1, max: 2 }, null, { min: 50, max: 200 }],
    past: [{ min: 1, max: 2 }, null, { min: 0, max: 2 }],
  });
  requireBounded(specialize(graph(), profileAround(graph(), dims)));
});

it('profileOf is exactly the sizes', () => {
  const { inputs } = specialize(graph(), profileOf(dims));
  expect(inputs.map(({ type }) => type.shape)).toEqual([
    [1, 3, 100],
    [1, 3, 0],
  ]);
});

it('requireBounded names every open dimension, with an example that parses', () => {
  const open = graph();
  let hint = '';
  try {
    requireBounded(open);
  } catch (error) {
    ({ hint } = error as { hint: string });
    expect(error).toMatchObject({ code: 'PROFILE_MISSING', details: ['x: [N, 3, L]', 'past: [N, 3, P]'] });
  }
  const example = /'(.*)'/.exec(hint)![1]!;
  requireBounded(specialize(open, parseProfile(example)));
});
