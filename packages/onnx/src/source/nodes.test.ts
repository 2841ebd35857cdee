import { printGraph } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { importModel } from '../import/import.ts';
import { attribute, functionProto, info, type ModelInput, modelBytes, node } from '../testing/models.ts';
import type { FunctionProto } from '../wire/index.ts';

const call = (name: string, input: string[], output: string[], attributes = {}, more = {}) =>
  node(name, input, output, attributes, { domain: 'local', ...more });

function functionModel(functions: FunctionProto[], input: ModelInput = {}): Uint8Array {
  const opset_import = [
    { domain: '', version: 21n },
    { domain: 'local', version: 1n },
  ];
  return modelBytes({ nodes: [call('F', ['x'], ['y'])], functions, model: { opset_import }, ...input });
}

const twice = functionProto('F', ['a'], ['b'], [node('Relu', ['a'], ['t']), node('Neg', ['t'], ['b'])]);

async function ops(bytes: Uint8Array): Promise<string[]> {
  const { graph } = await importModel(bytes);
  return graph.topological().map(({ name, op, inputs, outputs }) => {
    const list = (values: readonly ({ name: string } | null)[]) => values.map((value) => value?.name ?? '-').join(',');
    return `${name}: ${list(outputs)} = ${op.name}(${list(inputs)})`;
  });
}

describe('functions', () => {
  it('are put in place of their calls, with names of their own', async () => {
    const nodes = [call('F', ['x'], ['u']), call('F', ['u'], ['y'])];
    expect(await ops(functionModel([twice], { nodes }))).toEqual([
      'n_u/n_t: n_u/t = Relu(x)',
      'n_u/n_b: u = Neg(n_u/t)',
      'n_y/n_t: n_y/t = Relu(u)',
      'n_y/n_b: y = Neg(n_y/t)',
    ]);
  });

  it('call functions, of an overload where there are several', async () => {
    const outer = functionProto('F', ['a'], ['b'], [call('G', ['a'], ['b'], {}, { overload: 'two' })]);
    const one = functionProto('G', ['p'], ['q'], [node('Abs', ['p'], ['q'])], { overload: 'one' });
    const two = functionProto('G', ['p'], ['q'], [node('Sqrt', ['p'], ['q'])], { overload: 'two' });
    expect(await ops(functionModel([outer, one, two]))).toEqual(['n_y/n_b/n_q: y = Sqrt(x)']);
  });

  it('take attributes from the call, from their defaults, or leave them out', async () => {
    const leaky = { attribute: [{ ...attribute('alpha', { float: 0 }), f: undefined, ref_attr_name: 'slope' }] };
    const make = (more: Partial<FunctionProto>) =>
      functionProto('F', ['a'], ['b'], [node('LeakyRelu', ['a'], ['b'], {}, leaky)], more);
    const alpha = async (bytes: Uint8Array) => [...(await importModel(bytes)).graph.nodes][0]!.attributes.get('alpha');
    const nodes = [call('F', ['x'], ['y'], { slope: { float: 0.5 } })];
    expect(await alpha(functionModel([make({ attribute: ['slope'] })], { nodes }))).toBe(0.5);
    const withDefault = make({ attribute_proto: [attribute('slope', { float: 0.25 })] });
    expect(await alpha(functionModel([withDefault]))).toBe(0.25);
    expect(await alpha(functionModel([withDefault], { nodes }))).toBe(0.5);
    expect(await alpha(functionModel([make({ attribute: ['slope'] })]))).toBeUndefined();
  });

  it('may be called with fewer inputs and outputs', async () => {
    const clip = functionProto(
      'F',
      ['a', 'low'],
      ['b', 'c'],
      [node('Clip', ['a', 'low'], ['b']), node('Abs', ['a'], ['c'])],
    );
    expect(await ops(functionModel([clip]))).toEqual(['n_y/n_b: y = Clip(x)', 'n_y/n_c: n_y/c = Abs(x)']);
  });

  it('have opset versions of their own', async () => {
    const old = functionProto('F', ['a'], ['b'], [node('Softmax', ['a'], ['b'])], {
      opset_import: [{ domain: '', version: 11n }],
    });
    const { graph } = await importModel(functionModel([old], { inputs: [info('x', 'float32', [2, 3, 4])] }));
    expect(printGraph(graph)).toContain('Flatten(x)');
  });

  const recursive = functionProto('F', ['a'], ['b'], [call('G', ['a'], ['b'])]);
  const cases: [string, Uint8Array, string][] = [
    [
      'calls itself',
      functionModel([functionProto('F', ['a'], ['b'], [call('F', ['a'], ['b'])])]),
      'the function F calls itself (node n_y/n_b)',
    ],
    [
      'calls one that calls it',
      functionModel([recursive, functionProto('G', ['a'], ['b'], [call('F', ['a'], ['b'])])]),
      'the function F calls itself',
    ],
    ['is there twice', functionModel([twice, twice]), 'two functions F'],
    [
      'gets too many inputs',
      functionModel([twice], { nodes: [call('F', ['x', 'x'], ['y'])] }),
      'a call of F with 2 inputs and 1 outputs where the function has 1 and 1',
    ],
    [
      'gives back an input',
      functionModel([functionProto('F', ['a'], ['a'], [])]),
      'the function F gives back an input',
    ],
    [
      'does not give its output',
      functionModel([functionProto('F', ['a'], ['b'], [])]),
      'a graph output is given nowhere',
    ],
    [
      'reads what is not there',
      functionModel([functionProto('F', ['a'], ['b'], [node('Add', ['a', 'x'], ['b'])])]),
      'an input of a node is given nowhere (node n_y/n_b (Add), tensor n_y/x)',
    ],
    ['has no opset', functionModel([{ ...twice, opset_import: [] }]), 'imports no opset of the default domain'],
    [
      'has a NUL in a name',
      functionModel([functionProto('F', ['a'], ['b'], [node('Relu', ['a'], ['b\0'])])]),
      'NUL character',
    ],
  ];
  it.each(cases)('is refused where it %s', async (_, bytes, message) => {
    await expect(importModel(bytes)).rejects.toThrow(message);
  });

  it('does not grow without end', async () => {
    // Each of 40 functions calls the next one twice: 2^40 nodes.
    const chain = Array.from({ length: 40 }, (_, i) =>
      functionProto(
        `F${i}`,
        ['a'],
        ['b'],
        i < 39
          ? [call(`F${i + 1}`, ['a'], ['t'], {}, { name: 'l' }), call(`F${i + 1}`, ['t'], ['b'], {}, { name: 'r' })]
          : [node('Relu', ['a'], ['b'])],
      ),
    );
    const start = performance.now();
    const bytes = functionModel(chain, { nodes: [call('F0', ['x'], ['y'])] });
    await expect(importModel(bytes)).rejects.toThrow('more than 100000 nodes and calls where functions are inlined');
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('do not nest without end', async () => {
    const chain = Array.from({ length: 5000 }, (_, i) =>
      functionProto(`F${i}`, ['a'], ['b'], [i < 4999 ? call(`F${i + 1}`, ['a'], ['b']) : node('Relu', ['a'], ['b'])]),
    );
    const bytes = functionModel(chain, { nodes: [call('F0', ['x'], ['y'])] });
    await expect(importModel(bytes)).rejects.toThrow('functions call functions more than 100 deep');
  });
});
