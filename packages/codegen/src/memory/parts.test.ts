import type { Plan } from '@trtx/engine';
import { GraphBuilder, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { PORTABLE } from '../target.ts';

const KB = 1024;

/** The plan for bindings of at most 1 KiB: 256 elements. */
function planOf(build: (b: GraphBuilder) => Value | readonly Value[], maxBufferSize = 256 * KB, noHost = true): Plan {
  const b = new GraphBuilder('net');
  [build(b)].flat().forEach((value, i) => {
    b.output(`y${i}`, value as Value);
  });
  const limits = { ...PORTABLE.limits, maxStorageBufferBindingSize: KB, maxBufferSize };
  return compile(b.graph, { target: { ...PORTABLE, limits }, noHost }).plan;
}

const x = (b: GraphBuilder, ...dims: number[]) => b.input(`x${b.graph.inputs.length}`, 'float32', dims);
const table = (b: GraphBuilder, ...dims: number[]) =>
  b.constant('float32', dims, new Array<number>(dims.reduce((n, d) => n * d)).fill(1));

/** The bindings of each dispatch: kind of buffer, offset, bytes. */
function bindingsOf({ steps, buffers }: Plan): string[] {
  return steps.flatMap((step) =>
    step.kind !== 'dispatches'
      ? []
      : step.dispatches.map(({ bindings }) =>
          bindings.map(({ buffer, offset, size = '' }) => `${buffers[buffer]!.kind} ${offset}:${size}`).join(', '),
        ),
  );
}

const sizesOf = ({ buffers }: Plan, kind: string) => buffers.filter((b) => b.kind === kind).map(({ bytes }) => bytes);

describe('a tensor larger than a binding', () => {
  it('is bound in parts, the last to its end', () => {
    const plan = planOf((b) => b.Exp(x(b, 600)));
    expect(bindingsOf(plan)).toEqual([
      'input 0:1024, input 1024:1024, input 2048:, output 0:1024, output 1024:1024, output 2048:',
    ]);
    expect(plan.modules[0]).toContain('if (i < 512u) { return b1[(i - 256u)]; }');
  });

  it('is a constant too, which lies in several buffers where one cannot hold it', () => {
    const gather = (b: GraphBuilder) => b.Gather(table(b, 700, 2), b.input('at', 'int32', [3]));
    expect(sizesOf(planOf(gather), 'weights')).toEqual([5632]);
    expect(bindingsOf(planOf(gather))[0]).toContain('weights 4096:1024, weights 5120:480');
    const cut = planOf(gather, 3 * KB);
    expect(sizesOf(cut, 'weights')).toEqual([3 * KB, 2.5 * KB]);
    expect(cut.blobs.map(({ buffer, offset, bytes }) => [cut.buffers[buffer]!.kind, offset, bytes])).toEqual([
      ['weights', 0, KB],
      ['weights', KB, KB],
      ['weights', 2 * KB, KB],
      ['weights', 0, KB],
      ['weights', KB, KB],
      ['weights', 2 * KB, 480],
    ]);
  });

  it('counts for as many tensors as it has parts', () => {
    // Two inputs and a result of three parts each are more than 8 bindings.
    const add = (b: GraphBuilder) => b.Add(x(b, 600), x(b, 600));
    expect(() => planOf(add)).toThrow(/Add.*9 bindings, and the device has 8/);
    expect(planOf(add, 256 * KB, false).hostNodes).toMatchObject([{ op: 'Add', step: 0 }]);
    // Of two parts each, four fit; what is fused takes no more than that.
    const fused = planOf((b) => b.Add(b.Mul(b.Add(x(b, 300), x(b, 300)), x(b, 300)), x(b, 300)));
    expect(bindingsOf(fused).map((all) => all.split(',').length)).toEqual([6, 8]);
  });

  it('is an operand of many: they are combined in turn', () => {
    const sum = (...lengths: number[]) => planOf((b) => b.Sum(lengths.map((length) => x(b, length))));
    const counts = (plan: Plan) => bindingsOf(plan).map((all) => all.split(',').length);
    expect(counts(sum(256, 256, 256, 256))).toEqual([5]);
    expect(counts(sum(300, 300, 300, 300))).toEqual([8, 6]);
  });

  it('is refused where no buffer holds it, and not left to the host', () => {
    expect(() => planOf((b) => b.Add(x(b, 600), x(b, 600)), 2 * KB, false)).toThrow(/TENSOR_TOO_LARGE/);
    expect(() => planOf((b) => b.Exp(x(b, 600)), 2 * KB)).toThrow(/TENSOR_TOO_LARGE.*2400 bytes.*2048.*x0/);
    expect(() => planOf((b) => b.Exp(b.input('x', 'float32', ['N', 4])))).toThrow(/TENSOR_TOO_LARGE/);
  });
});

it('results lie in as many arenas as they need', () => {
  const plan = planOf((b) => [1, 2, 3, 4].map(() => b.Softmax(x(b, 16, 16))).reduce((y, z) => b.Add(y, z)), 2 * KB);
  expect(sizesOf(plan, 'arena')).toEqual([2 * KB, KB]);
});

it('results without elements have a place too', () => {
  const plan = planOf((b) => b.Concat([b.Softmax(x(b, 0, 4)), x(b, 2, 4)], { axis: 0 }));
  expect(bindingsOf(plan)).toEqual(['', 'arena 0:4, input 0:, output 0:']);
});
