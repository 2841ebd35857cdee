import { placeNodes } from '@trtx/engine';
import { GraphBuilder } from '@trtx/ir';
import { expect, it } from 'vitest';
import { build } from './build.ts';

/** Some of each: folded, shape arithmetic, views, fused, on the host. */
function graph(): GraphBuilder {
  const b = new GraphBuilder('places');
  const x = b.input('x', 'float32', ['N', 4]);
  const two = b.Add(
    b.constant('float32', [], [1], 'one'),
    b.constant('float32', [], [1], 'one_too'),
    {},
    { name: 'two' },
  );
  const turned = b.Transpose(x, { perm: [1, 0] }, { name: 'turn' });
  const flat = b.Reshape(turned, b.constant('int64', [1], [-1], 'all'), {}, { name: 'flat' });
  b.output('y', b.Relu(b.Mul(flat, two, {}, { name: 'double' }), {}, { name: 'relu' }));
  b.output('size', b.Shape(x, {}, { name: 'size' }));
  const texts = b.input('s', 'string', [2]);
  b.output('texts', b.StringConcat(texts, texts, {}, { name: 'join' }));
  return b;
}

it('says of every node where it is, and what build did with the others', () => {
  const { plan } = build(graph().graph, { profile: { x: [{ min: 1, max: 8 }, 4] } });
  expect(
    placeNodes(plan).map(({ node, op, place, reason }) => `${place} ${node} ${op}: ${reason}`),
  ).toMatchInlineSnapshot(`
    [
      "build two Add: fold-constants/constant-inputs",
      "gpu turn Transpose: map",
      "gpu flat Reshape: map",
      "gpu double Mul: map",
      "gpu relu Relu: map",
      "gpu size Shape: map",
      "host join StringConcat: the GPU has no texts, which s is",
    ]
  `);
});

it('goes by the names that it is given', () => {
  const sourceNodes = [
    { node: 'one', op: 'Constant' },
    { node: 'relu', op: 'com.example::Relu' },
  ];
  const { plan } = build(graph().graph, { profile: { x: [2, 4] }, sourceNodes });
  expect(placeNodes(plan)).toEqual([
    { node: 'one', op: 'Constant', place: 'build', reason: 'import read it as a constant' },
    { node: 'relu', op: 'com.example::Relu', place: 'gpu', reason: expect.stringMatching(/^map/) },
  ]);
});
