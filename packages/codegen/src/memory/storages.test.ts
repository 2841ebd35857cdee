import { GraphBuilder, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';

/** What is made of one input of float16[3, 5]. */
function plan(write: (b: GraphBuilder, x: Value) => Value) {
  const b = new GraphBuilder('net');
  b.output('y', write(b, b.input('x', 'float16', [3, 5])));
  const { plan } = compile(b.graph);
  const dispatches = plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []));
  return { plan, kernels: dispatches.map(({ label }) => label.split(' ')[0]) };
}

const bytesOf = (kind: string, { buffers }: ReturnType<typeof plan>['plan']) =>
  buffers.filter((buffer) => buffer.kind === kind).map(({ bytes }) => bytes);

describe('storage of values', () => {
  it('is packed where an invocation writes whole words', () => {
    const { plan: made, kernels } = plan((b, x) => b.Mul(b.Softmax(b.Exp(x)), b.Relu(x)));
    expect(kernels).toEqual(['map', 'softmax', 'map']);
    expect(made.outputs).toMatchObject([{ dtype: 'float16', storage: 'u16x2' }]);
    expect(bytesOf('input', made)).toEqual([32]);
    expect(bytesOf('output', made)).toEqual([32]);
  });

  it('is packed by a copy in the end where it has to be', () => {
    const { plan: made, kernels } = plan((b, x) => b.Reshape(b.Softmax(x), b.constant('int64', [1], [15])));
    expect(kernels).toEqual(['softmax', 'map']);
    expect(made.outputs).toMatchObject([{ storage: 'u16x2' }]);
    expect(made.steps[0]).toMatchObject({ dispatches: [{ nodes: ['Softmax'] }, { nodes: ['Softmax', 'Reshape'] }] });
  });

  it('shows in the shader alone: two halves an invocation', () => {
    const { plan: made } = plan((b, x) => b.Relu(x));
    expect(made.modules[0]!.slice(made.modules[0]!.indexOf('  let i0'))).toMatchInlineSnapshot(`
      "  let i0 = group * 64u + lid;
        if (i0 < 8u) {
          var word1 = 0u;
          for (var k2 = 0u; k2 < 2u; k2++) {
            let i3 = ((i0 * 2u) + k2);
            if (i3 < 15u) {
              let v4 = unpack2x16float((b0[(i3 / 2u)] >> ((i3 % 2u) * 16u))).x;
              let v5 = maximum(0.0f, v4);
              word1 |= encode_float16(v5) << (k2 * 16u);
            }
          }
          b1[i0] = word1;
        }
      }
      "
    `);
  });
});
