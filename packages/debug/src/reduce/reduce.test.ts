import { type Graph, parseGraph, standardOps, type Tensor } from '@trtx/ir';
import { defineReference, ReferenceRunner, standardKernels } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { type Check, differs } from '../check.ts';
import { type ReductionStep, reduceGraph } from './reduce.ts';

const tolerance = { rtol: 1e-4, atol: 1e-4 };
const tensor = (dims: readonly number[], data: readonly number[]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(data),
});
const graphOf = (text: string) => parseGraph(`graph g\n${text}`, standardOps);
const opsOf = (graph: Graph) => graph.topological().map(({ op }) => op.name);
const has =
  (...ops: readonly string[]): Check =>
  async (graph) =>
    ops.every((op) => opsOf(graph).includes(op));

/** Two branches of ten nodes each, and what follows. */
const NET = graphOf(`
  input x: float32[N,3]
  a = Relu(x)
  b = Exp(a)
  c = Neg(b)
  d = Tanh(c) as wrong
  e = Abs(d)
  f = Sigmoid(a)
  g = Sqrt(f)
  h = Floor(g)
  i = Add(e, h)
  s = Shape(x)
  r = Reshape(i, s)
  y = Softplus(r)
  output y`);
const INPUTS = new Map([['x', tensor([2, 3], [1, -2, 3, 0, 0.5, -1])]]);

describe('reduceGraph', () => {
  it('finds a node in the middle, with what the whole model has there', async () => {
    const steps: ReductionStep[] = [];
    const found = await reduceGraph(NET, INPUTS, has('Tanh'), { onStep: (step) => steps.push(step) });
    expect(opsOf(found.graph)).toEqual(['Tanh']);
    expect(found).toMatchObject({ nodesBefore: 12, nodesAfter: 1, checks: steps.length, complete: true });
    expect(found.graph.outputs.map(({ name }) => name)).toEqual(['d']);
    const exact = await new ReferenceRunner(NET, { values: ['c', 'd'] }).run(INPUTS);
    expect(found.inputs).toEqual(new Map([['c', exact.get('c')]]));
    expect(found.expected).toEqual(new Map([['d', exact.get('d')]]));
    expect(NET.nodes.size).toBe(12);
  });

  it('leaves what lies between nodes that fail together, where that cannot go', async () => {
    const found = await reduceGraph(NET, INPUTS, async (graph) => has('Exp', 'Abs')(graph, INPUTS));
    expect(opsOf(found.graph)).toEqual(['Exp', 'Abs']);
    const together: Check = async (graph) =>
      graph.outputs.some(({ value }) => reaches(value.producer, 'Exp', 'Softplus'));
    const path = await reduceGraph(NET, INPUTS, together);
    expect(opsOf(path.graph)).toEqual(['Exp', 'Neg', 'Tanh', 'Abs', 'Add', 'Reshape', 'Softplus']);
    // What steers a shape is a constant of the part.
    expect([...path.inputs.keys()].sort()).toEqual(['a', 'h']);
    expect(await new ReferenceRunner(path.graph).run(path.inputs)).toEqual(path.expected);
  });

  it('finds a kernel that is wrong for one shape', async () => {
    const graph = graphOf(`
      input x: float32[2,4]
      a = Softmax(x) as first
      t = Transpose(a) { perm: [1, 0] }
      b = Softmax(t) as second
      u = Transpose(b) { perm: [1, 0] }
      y = Softmax(u) as third
      output y`);
    const right = standardKernels.find(standardOps.get('Softmax')!, [...graph.nodes][0]!.view())!;
    const wrong = defineReference({
      op: 'Softmax',
      run(call) {
        const [result] = right.run(call);
        return [call.outputs[0]!.dims[0] === 4 ? { ...result!, data: new Float32Array(8) } : result!];
      },
    });
    const broken = async (part: Graph) => new ReferenceRunner(part, { kernels: standardKernels.with([wrong]) });
    const fails = differs(broken, async (part) => new ReferenceRunner(part), tolerance);
    const found = await reduceGraph(graph, new Map([['x', tensor([2, 4], [1, 2, 3, 4, 5, 1, -2, 8])]]), fails);
    expect([...found.graph.nodes].map(({ name }) => name)).toEqual(['second']);
  });

  it('counts the bodies of control flow as their node', async () => {
    const graph = graphOf(`
      input x: float32[3]
      input c: bool[]
      a = Neg(x)
      b = If(c, a)
      then_branch {
        input p: float32[3]
        t = Tanh(p)
        output t
      }
      else_branch {
        input q: float32[3]
        e = Exp(q)
        output e
      }
      y = Abs(b)
      output y`);
    const inputs = new Map<string, Tensor>([
      ['x', tensor([3], [1, 2, 3])],
      ['c', { dtype: 'bool', dims: [], data: Uint8Array.of(1) }],
    ]);
    const found = await reduceGraph(graph, inputs, has('If'));
    expect(opsOf(found.graph)).toEqual(['If']);
    expect(found.nodesBefore).toBe(3);
    expect(await new ReferenceRunner(found.graph).run(found.inputs)).toEqual(found.expected);
  });

  it('leaves weights that are computed of constants as constants', async () => {
    const graph = graphOf(`
      input x: float32[2,3]
      constant w = float32[2,3] [1, 2, 3, 4, 5, 6]
      t = Transpose(w) { perm: [1, 0] }
      m = MatMul(x, t)
      y = Relu(m)
      output y`);
    const found = await reduceGraph(graph, new Map([['x', tensor([2, 3], [1, 2, 3, 4, 5, 6])]]), has('MatMul'));
    expect(opsOf(found.graph)).toEqual(['MatMul']);
    expect([...found.inputs.keys()]).toEqual(['x']);
    expect(found.graph.constants().map(({ name }) => name)).toEqual(['t']);
  });

  it('drops outputs that the failure does not need', async () => {
    const graph = graphOf(`
      input x: float32[4]
      a, b = Split(x) { num_outputs: 2 }
      output a
      output b`);
    const fails: Check = async (part) => part.outputs.some(({ name }) => name === 'b');
    const found = await reduceGraph(graph, new Map([['x', tensor([4], [1, 2, 3, 4])]]), fails);
    expect(found.graph.outputs.map(({ name }) => name)).toEqual(['b']);
  });

  it('says that a check never fails, or always', async () => {
    await expect(reduceGraph(NET, INPUTS, async () => false)).rejects.toMatchObject({ code: 'CHECK_NEVER_FAILS' });
    await expect(reduceGraph(NET, INPUTS, async () => true)).rejects.toMatchObject({ code: 'CHECK_ALWAYS_FAILS' });
    const nothing = graphOf('input x: float32[2]\noutput y = x');
    const given = new Map([['x', tensor([2], [0, 0])]]);
    const failsEmpty: Check = async (part) => part.nodes.size === 0;
    await expect(reduceGraph(nothing, given, failsEmpty)).rejects.toMatchObject({ code: 'CHECK_ALWAYS_FAILS' });
  });

  it('ends with what fails by then', async () => {
    const found = await reduceGraph(NET, INPUTS, has('Tanh'), { maxChecks: 4 });
    expect(found).toMatchObject({ complete: false, checks: 4 });
    expect(opsOf(found.graph)).toContain('Tanh');
    expect(found.nodesAfter).toBeLessThan(12);
  });

  it('hands on what the check throws, and inputs that do not fit', async () => {
    await expect(reduceGraph(NET, INPUTS, async () => Promise.reject(new Error('other')))).rejects.toThrow('other');
    const other = new Map([['z', tensor([2, 3], [1, 2, 3, 4, 5, 6])]]);
    await expect(reduceGraph(NET, other, has('Tanh'))).rejects.toMatchObject({ code: 'PROFILE' });
  });
});

/** Whether a chain of nodes leads from an op to the node of another one. */
function reaches(end: Graph['outputs'][number]['value']['producer'], from: string, to: string): boolean {
  if (end?.op.name !== to) return false;
  const pending = [end];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.op.name === from) return true;
    pending.push(...node.inputs.flatMap((input) => input?.producer ?? []));
  }
  return false;
}
