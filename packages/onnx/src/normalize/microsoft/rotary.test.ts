import { describe, it } from 'vitest';
import { ints, random } from '../../../../reference/src/testing/check.ts';
import { checkFormula, checkMicrosoft } from '../../testing/microsoft.ts';

const caches = (angles: number) => [random([32, angles], { seed: 6 }), random([32, angles], { seed: 7 })];
const packed = { x: random([2, 3, 64]), dims: ['batch', 'sequence', 64] };
const apart = { x: random([2, 4, 3, 16]), dims: ['batch', 4, 'sequence', 16] };

describe.each([packed, apart])('RotaryEmbedding of $dims', ({ x, dims }) => {
  it.each([
    { positions: random([2, 3], { dtype: 'int64', low: 0, high: 30 }), places: ['batch', 'sequence'] },
    { positions: ints(7), places: [1] },
  ])('at positions of $places', async ({ positions, places }) => {
    const options = { dynamic: { 0: dims, 1: places } };
    await checkMicrosoft('RotaryEmbedding', [x, positions, ...caches(8)], {}, options);
    await checkMicrosoft('RotaryEmbedding', [x, positions, ...caches(8)], { interleaved: 1 }, options);
    const part = { num_heads: 4, rotary_embedding_dim: 8 };
    await checkMicrosoft('RotaryEmbedding', [x, positions, ...caches(4)], part, options);
  });
});

describe.each([packed, apart])('MRotaryEmbedding of $dims', ({ x, dims }) => {
  const positions = random([3, 2, 3], { dtype: 'int64', low: 0, high: 30 });
  it.each([{}, { mrope_layout: 1 }, { interleaved: 1 }])('%o', async (attributes) => {
    const dynamic = { 0: dims, 1: [3, 'batch', 'sequence'] };
    const whole = { num_heads: 4, mrope_section: [4, 2, 2], ...attributes };
    await checkMicrosoft('MRotaryEmbedding', [x, positions, ...caches(8)], whole, { dynamic });
    const part = { ...whole, rotary_embedding_dim: 12, mrope_section: [2, 2, 2] };
    await checkMicrosoft('MRotaryEmbedding', [x, positions, ...caches(6)], part, { dynamic });
  });
});

it('GemmaRotaryEmbedding', () => {
  const heads = (seed: number) => random([2, 4, 3, 8], { dtype: 'float16', seed });
  const inputs = [random([2, 3, 8], { high: 3 }), heads(1), heads(2), heads(3), heads(4)];
  const node = (op: string, from: readonly string[], to: string, attributes = {}) => {
    return { op, inputs: from, outputs: [to], attributes };
  };
  const angles = (op: string, name: string) => [
    node(op, ['x0'], `${name}32`),
    node('Cast', [`${name}32`], `${name}16`, { to: 'float16' }),
    node('Unsqueeze', [`${name}16`, 'one'], name),
  ];
  const turned = (x: string, rotated: string, y: string) => [
    node('Mul', [x, 'cos'], `${y}a`),
    node('Mul', [rotated, 'sin'], `${y}b`),
    node('Add', [`${y}a`, `${y}b`], y),
  ];
  const formula = [
    { op: 'Constant', inputs: [], outputs: ['one'], attributes: { value_ints: [1] } },
    ...angles('Cos', 'cos'),
    ...angles('Sin', 'sin'),
    ...turned('x1', 'x2', 'y0'),
    ...turned('x3', 'x4', 'y1'),
  ];
  const all = ['batch', 4, 'sequence', 8];
  const dynamic = { 0: ['batch', 'sequence', 8], 1: all, 2: all, 3: all, 4: all };
  // A unit in the last place of the products, which may cancel.
  return checkFormula('GemmaRotaryEmbedding', inputs, {}, formula, { outputCount: 2, dynamic, absolute: 2 ** -10 });
});
