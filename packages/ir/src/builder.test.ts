import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { printBuilderMethods } from './builder-methods.ts';
import { defineOp, OpRegistry } from './op.ts';
import { standardOps } from './ops/index.ts';
import { printType } from './tensor.ts';

describe('GraphBuilder', () => {
  it('writes a network down', () => {
    const b = new GraphBuilder('net');
    const x = b.input('x', 'float32', ['N', 1, 8, 8]);
    const w = b.constant('float32', [2, 1, 3, 3], new Array(18).fill(0.5), 'w');
    const y = b.Relu(b.Conv(x, w, { pads: [1, 1, 1, 1] }, { name: 'conv' }));
    b.output('y', b.Concat([y, y], { axis: 1 }));
    expect(printType(b.graph.outputs[0]!.value.type)).toBe('float32[N,4,8,8]');
    expect([...b.graph.nodes].map((node) => [node.name, node.inputs.length])).toEqual([
      ['conv', 2],
      ['Relu', 1],
      ['Concat', 2],
    ]);
  });

  it('takes optional inputs that are absent', () => {
    const b = new GraphBuilder('clip');
    const x = b.input('x', 'float32', [4]);
    const high = b.constant('float32', [], [6]);
    b.Clip(x, null, high);
    b.Clip(x, undefined, undefined);
    expect([...b.graph.nodes].map((node) => node.inputs.map((input) => input !== null))).toEqual([
      [true, false, true],
      [true],
    ]);
  });

  it('reports a mistake where it is made', () => {
    const b = new GraphBuilder('wrong');
    const x = b.input('x', 'float32', [1, 3, 8, 8]);
    const w = b.constant('float32', [2, 4, 1, 1], new Array(8).fill(1));
    expect(() => b.Conv(x, w, {}, { name: 'c' })).toThrow(
      'SHAPE: weights for 4 channels meet an input of 3 (node c (Conv))',
    );
    expect(() => b.op('Nothing', [x])).toThrow('OP_UNKNOWN: no op Nothing is registered');
    // @ts-expect-error an attribute that the op does not have
    expect(() => b.Relu(x, { slope: 1 })).toThrow('unknown attribute slope');
  });

  it('takes ops of other domains by name', () => {
    const twice = defineOp({
      ...standardOps.get('Relu')!,
      domain: 'my.ops',
      name: 'Twice',
    });
    const b = new GraphBuilder('plugin', new OpRegistry([...standardOps, twice]));
    const x = b.input('x', 'float32', [1]);
    expect(b.op('my.ops::Twice', [x])[0]!.producer!.op).toBe(twice);
  });

  it('has methods of the types that the definitions tell', async () => {
    await expect(printBuilderMethods(standardOps)).toMatchFileSnapshot('./builder-methods.generated.ts');
  });
});
