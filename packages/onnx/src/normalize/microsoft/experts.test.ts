import { describe, it } from 'vitest';
import { random } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft } from '../../testing/microsoft.ts';

const [tokens, hidden, inner, count] = [6, 64, 32, 4];
const x = random([tokens, hidden]);
const router = random([tokens, count], { low: -2, high: 2, seed: 2 });
const dynamic = { 0: ['tokens', hidden], 1: ['tokens', count] };

describe('MoE', () => {
  const layers = (halves: number) => [
    random([count, halves * inner, hidden], { seed: 3 }),
    random([count, halves * inner], { seed: 4 }),
    random([count, hidden, inner], { seed: 5 }),
    random([count, hidden], { seed: 6 }),
  ];
  it.each([
    { k: 1, normalize_routing_weights: 0, activation_type: 'relu' },
    { k: 2, normalize_routing_weights: 0, activation_type: 'silu' },
    { k: 2, normalize_routing_weights: 1, activation_type: 'gelu' },
    { k: 3, normalize_routing_weights: 1, activation_type: 'identity' },
  ])('%o', (attributes) => checkMicrosoft('MoE', [x, router, ...layers(1)], attributes, { dynamic, absolute: 1e-4 }));
  it.each([{}, { activation_alpha: 1.702, activation_beta: 1.5, swiglu_limit: 0.75 }])('SwiGLU %o', (own) => {
    const attributes = { k: 2, activation_type: 'swiglu', swiglu_fusion: 1, ...own };
    return checkMicrosoft('MoE', [x, router, ...layers(2)], attributes, { dynamic, absolute: 1e-4 });
  });
  it('of sequences, without biases', () => {
    const [first, , second] = layers(1);
    const inputs = [random([2, 3, hidden]), router, first!, null, second!];
    const sizes = { 0: ['batch', 'sequence', hidden], 1: ['tokens', count] };
    return checkMicrosoft('MoE', inputs, { k: 2 }, { dynamic: sizes, absolute: 1e-4 });
  });
});

describe.each([2, 4, 8])('QMoE of %i bits', (bits) => {
  const pack = 8 / bits;
  const codes = (dims: readonly number[], seed: number) => random(dims, { dtype: 'uint8', low: 0, high: 256, seed });
  it.each([0, 16])('in blocks of %i', async (block) => {
    const each = (outputs: number, inputs: number) => (block ? [count, outputs, inputs / block] : [count, outputs]);
    const layer = (outputs: number, inputs: number, seed: number) => [
      codes([count, outputs, inputs / pack], seed),
      random(each(outputs, inputs), { low: 0.01, high: 0.02, seed: seed + 1 }),
      random([count, outputs], { seed: seed + 2 }),
    ];
    const zeros = (outputs: number, inputs: number) =>
      block ? [count, outputs, Math.ceil(inputs / block / pack)] : [count, outputs / pack];
    const operands = [x, router, ...layer(inner, hidden, 3), ...layer(hidden, inner, 6)];
    const attributes = {
      k: 2,
      expert_weight_bits: bits,
      activation_type: 'silu',
      normalize_routing_weights: 1,
      ...(block ? { block_size: block } : {}),
    };
    const run = (more: Parameters<typeof checkMicrosoft>[1], constants: number[]) =>
      checkMicrosoft('QMoE', [...operands, ...more], attributes, { dynamic, constants, absolute: 1e-4 });
    await run([], [2, 3, 5, 6]);
    await run([], []);
    const points = [codes(zeros(inner, hidden), 9), codes(zeros(hidden, inner), 10)];
    await run([null, null, null, ...points], [2, 3, 5, 6, 11, 12]);
    const shares = random([tokens, count], { low: 0, high: 1, seed: 11 });
    await run([null, null, null, null, null, null, shares], [2, 3, 5, 6]);
  });
});
