import { describe, it } from 'vitest';
import { random } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft } from '../../testing/microsoft.ts';

const rows = (width: number) => ['batch', 'sequence', width];

describe('CausalConvWithState', () => {
  const [weight, bias] = [random([4, 1, 3], { seed: 2 }), random([4], { seed: 3 })];
  it('with a past and an activation', () => {
    const inputs = [random([2, 4, 6]), weight, bias, random([2, 4, 2], { seed: 4 })];
    const dynamic = { 0: ['batch', 4, 'length'], 3: ['batch', 4, 2] };
    return checkMicrosoft('CausalConvWithState', inputs, { activation: 'silu', ndim: 1 }, { outputCount: 2, dynamic });
  });
  it.each([{}, { dilation: 2 }])('without, %o', (attributes) => {
    const dynamic = { 0: ['batch', 4, 'length'] };
    return checkMicrosoft('CausalConvWithState', [random([2, 4, 6]), weight], attributes, { outputCount: 2, dynamic });
  });
  it('channels last', async () => {
    const inputs = [random([2, 6, 4]), weight, bias, random([2, 2, 4], { seed: 4 })];
    const options = { outputCount: 2, dynamic: { 0: ['batch', 'length', 4], 3: ['batch', 2, 4] } };
    await checkMicrosoft('CausalConvWithState', inputs, { channels_last: 1 }, options);
    const split = [random([2, 6, 2, 2]), weight, bias, random([2, 2, 2, 2], { seed: 4 })];
    await checkMicrosoft('CausalConvWithState', split, { channels_last: 1 }, { outputCount: 2 });
  });
});

describe('LinearAttention', () => {
  const operands = [1, 2, 3].map((seed) => random([2, 3, 8], { seed }));
  const state = random([2, 2, 4, 4], { seed: 4 });
  const decay = (width: number) => random([2, 3, width], { low: -1, high: 0, seed: 5 });
  const beta = random([2, 3, 2], { low: 0, high: 1, seed: 6 });
  it.each([
    { update_rule: 'linear', inputs: [state] },
    { update_rule: 'gated', inputs: [null, decay(8)] },
    { update_rule: 'delta', inputs: [state, null, beta], scale: 0.25 },
    { update_rule: 'gated_delta', inputs: [state, decay(2), beta] },
  ])('$update_rule', ({ inputs, ...own }) => {
    const attributes = { q_num_heads: 2, kv_num_heads: 2, ...own };
    const dynamic = { 0: rows(8), 1: rows(8), 2: rows(8) };
    return checkMicrosoft('LinearAttention', [...operands, ...inputs], attributes, { outputCount: 2, dynamic });
  });
});

describe('gates', () => {
  const x = random([2, 3, 8]);
  it('LinearAttentionGate', async () => {
    const inputs = [x, random([8], { seed: 2 }), random([8], { seed: 3 })];
    await checkMicrosoft('LinearAttentionGate', inputs, {}, { dynamic: { 0: rows(8) } });
    const options = { outputCount: 2, dynamic: { 0: rows(8), 3: rows(8) } };
    await checkMicrosoft('LinearAttentionGate', [...inputs, random([2, 3, 8], { seed: 4 })], {}, options);
  });
  it('GatedRMSNorm', () => {
    const inputs = [x, random([4], { seed: 2 }), random([2, 3, 8], { seed: 3 })];
    return checkMicrosoft('GatedRMSNorm', inputs, {}, { dynamic: { 0: rows(8), 2: rows(8) } });
  });
  it('GatedAdd', () => {
    const inputs = [x, random([2, 3, 8], { seed: 2 }), random([2, 3, 1], { seed: 3 })];
    return checkMicrosoft('GatedAdd', inputs, {}, { dynamic: { 0: rows(8), 1: rows(8), 2: rows(1) } });
  });
});
