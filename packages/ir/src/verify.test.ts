import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { dimOf, Sym } from './dim.ts';
import { Graph } from './graph.ts';
import { standardOps } from './ops/index.ts';
import { parseGraph } from './text-parse.ts';
import { verify } from './verify.ts';

function net() {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', ['N', 4]);
  const y = b.Relu(x, {}, { name: 'r' });
  const z = b.Add(y, y, {}, { name: 'a' });
  b.output('z', z);
  return { graph: b.graph, x, y, z };
}

describe('verify', () => {
  it('accepts sound graphs', () => {
    expect(() => verify(net().graph)).not.toThrow();
    expect(() => verify(new Graph('empty'))).not.toThrow();
  });

  it('accepts dims that constraints make equal', () => {
    const graph = parseGraph(
      `input x: float32[1,1,H,H]
       small = MaxPool(x) { kernel_shape: [2, 2], strides: [2, 2] }
       up = ConvTranspose(small, float32[1,1,2,2] splat 1) { strides: [2, 2] }
       sum = Add(x, up)
       output sum`,
      standardOps,
    );
    expect([...graph.constraints].length).toBeGreaterThan(0);
    verify(graph);
    // Elsewhere the sum's height may be written either way.
    const { sum, up } = Object.fromEntries(
      [...graph.nodes].map((node) => [node.op.name === 'Add' ? 'sum' : 'up', node.output]),
    );
    sum!.setType(up!.type);
    verify(graph);
    sum!.setType({ dtype: 'float32', shape: [1, 1, dimOf(new Sym('H')), dimOf(new Sym('W'))] });
    expect(() => verify(graph)).toThrow('recorded as float32[1,1,H,W]');
  });

  it('finds wrong types', () => {
    const { graph, y } = net();
    y.setType({ dtype: 'float32', shape: [4, 4] });
    expect(() => verify(graph)).toThrow(
      'VERIFY: recorded as float32[4,4], inferred as float32[N,4] (node r (Relu), tensor r.0, from r)',
    );
    y.setType({ dtype: 'float16', shape: y.type.shape });
    expect(() => verify(graph)).toThrow('VERIFY: recorded as float16');
  });

  it('finds cycles', () => {
    const { graph, y, z } = net();
    graph.setInput(y.producer!, 0, z);
    expect(() => verify(graph)).toThrow('GRAPH_CYCLE');
  });

  it('finds stale and missing uses', () => {
    const { graph, x, y, z } = net();
    (z.producer!.inputs as unknown[])[1] = x;
    expect(() => verify(graph)).toThrow('input 1 does not know of its use (node a (Add), tensor x');
    const other = net();
    other.y.useMap.get(other.z.producer!)!.add(5);
    expect(() => verify(other.graph)).toThrow('the use as input 5 is stale');
    expect(y.users.size).toBe(1);
  });

  it('finds values from elsewhere and removed producers', () => {
    const { graph, z } = net();
    graph.setInput(z.producer!, 0, net().x);
    expect(() => verify(graph)).toThrow('an input is neither given nor computed');
    const second = net();
    second.graph.outputs[0]!.value = net().z;
    expect(() => verify(second.graph)).toThrow('a graph output is neither given nor computed');
  });

  it('finds two values with one name', () => {
    const { graph, y } = net();
    y.setName('x');
    expect(() => verify(graph)).toThrow('two values have one name (node r (Relu), tensor x');
  });
});
