// Eight columns of codes at once as float16, as products on subgroup matrices read them: on adapters without that type with
// float32 in its place, which is the same for numbers that float16 has.

import { compile, defineKernel, ix, PORTABLE, Position } from '@trtx/codegen';
import type { DType, GraphBuilder } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { eightColumns } from '../../packages/codegen/src/kernels/code-columns.ts';
import { Operand } from '../../packages/codegen/src/kernels/contraction.ts';
import { matmulProduct } from '../../packages/codegen/src/kernels/matmul.ts';
import { testDevice } from '../support/chain.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, runCompiled, weights } from './support.ts';

/** One invocation for eight columns of a row. */
const kernel = defineKernel({
  id: 'test.eights',
  version: 1,
  summary: 'sums of eight columns of codes',
  ops: ['MatMul'],
  decodes: [1],
  applies: () => true,
  params: () => [{}],
  cost: () => 0,
  emit(e, problem) {
    const p = matmulProduct(problem);
    const [n, k] = [p.n, p.k] as [number, number];
    const { shader } = e;
    const read = eightColumns(e, p.codes!, 16, 16);
    const eights = Math.ceil(n / 8);
    const [row, first] = [ix.div('group', eights), ix.mul(ix.mod('group', eights), 8)];
    const a = new Operand(e, p.a);
    const start = shader.index(a.address([row, 0]), 'x');
    const sums = ['xy', 'zw'].map((half) => ({ half, sum: shader.name('sum') }));
    for (const { sum } of sums) shader.line(`var ${sum} = vec4<f32>();`);
    shader.loop(k, 'k', (step) => {
      const eight = shader.let(read(step, first), 'eight');
      const x = shader.let(a.at(ix.add(start, step)), 'x');
      for (const { half, sum } of sums) {
        const [low, high] = [...half].map((c) => `unpack2x16float(${eight}.${c})`);
        shader.line(`${sum} += ${x} * vec4<f32>(${low}, ${high});`);
      }
    });
    sums.forEach(({ sum }, i) => {
      for (const [c, component] of [...'xyzw'].entries()) {
        const column = shader.index(ix.add(first, 4 * i + c), 'n');
        shader.when(ix.less(column, n), () => e.store(Position.at([3, n], [row, column]), `${sum}.${component}`));
      }
    });
    return { workgroupSize: 1, workgroups: 3 * eights };
  },
});

/** A shader with float32 where float16 was a type. */
function inFloat32(code: string): string {
  return `${code
    .replace('enable f16;\n', '')
    .replace(/bitcast<vec4<f16>>\((\w+)\.(\w)(\w)\)/g, 'vec4<f32>(unpack2x16float($1.$2), unpack2x16float($1.$3))')
    .replace(/vec4<f16>/g, 'vec4<f32>')
    .replace(/(\d)h\b/g, '$1')
    .replace(/bitcast<vec2<u32>>\(/g, 'halves(')}
fn halves(four: vec4<f32>) -> vec2<u32> { return vec2(pack2x16float(four.xy), pack2x16float(four.zw)); }
`;
}

const TYPES: readonly (readonly [DType, number, number])[] = [
  ['int4', -8, 8],
  ['uint4', 0, 16],
  ['int8', -128, 128],
  ['uint8', 0, 256],
  ['float4e2m1', -7, 7],
];

describe.each(TYPES)('%s', (dtype, low, high) => {
  it.each([
    ['float32', false],
    ['float16', true],
  ] as const)('with scales of %s, zero points: %s', async (scaleType, zeros) => {
    const [k, n, block] = [40, 21, 16];
    const one: Case = {
      name: 'eights',
      inputs: [{ dtype: 'int32', dims: [3, k], low: -4, high: 5 }],
      build(b: GraphBuilder, x) {
        const dims = [Math.ceil(k / block), n];
        const values = Array.from({ length: dims[0]! * n }, (_, i) => [1, 2, 0.5][i % 3]!);
        const scales = b.constant('float32', dims, values);
        const own = scaleType === 'float16' ? weights(b, dims, { dtype: 'float16', low: 1, high: 1 }) : scales;
        const points = zeros && dtype !== 'float4e2m1' ? weights(b, dims, { dtype, low, high, seed: 9 }) : null;
        const codes = weights(b, [k, n], { dtype, low, high, seed: 7 });
        const attributes = { axis: 0, block_size: block, output_dtype: 'float32' } as const;
        return b.MatMul(b.Cast(x!, { to: 'float32' }), b.DequantizeLinear(codes, own, points, attributes));
      },
    };
    const target = { ...PORTABLE, features: new Set(['shader-f16']) };
    const { plan, blobs } = compile(graphOf(one), { target, kernels: [kernel] });
    expect(plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : [])).length).toBeGreaterThan(0);
    const adapted = { ...plan, modules: plan.modules.map(inFloat32), requires: { ...plan.requires, features: [] } };
    const { device } = await testDevice();
    const feeds = feedsOf(one);
    const actual = await runCompiled(device, { plan: adapted, blobs }, feeds);
    expectSame(actual, await expectedOf(graphOf(one), feeds), dtype, { relative: 0, absolute: 0 });
  });
});
