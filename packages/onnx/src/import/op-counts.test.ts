import { expect, it } from 'vitest';
import { readMetadata, readSource } from '../source/read.ts';
import { attribute, functionProto, info, modelProto, node } from '../testing/models.ts';
import type { NodeProto } from '../wire/index.ts';
import { countOps } from './op-counts.ts';

const relu = (from: string, to: string) => node('Relu', [from], [to]);
const call = (name: string, from: string, to: string) => node(name, [from], [to], {}, { domain: 'local' });

/** An If with one body. */
function branch(nodes: NodeProto[]): NodeProto {
  const g = { node: nodes, initializer: [], input: [], output: [], value_info: [], sparse_initializer: [] };
  const body = { ...attribute('then_branch', 1), type: 5, g };
  return node('If', ['c'], ['d'], {}, { attribute: [body] });
}

it('counts functions as often as they are called, in the versions that they import, and bodies', () => {
  const old = { opset_import: [{ domain: '', version: 13n }] };
  const functions = [
    functionProto('Twice', ['a'], ['b'], [call('Once', 'a', 't'), call('Once', 't', 'b')]),
    functionProto('Once', ['a'], ['b'], [relu('a', 'b')], old),
  ];
  const nodes = [
    call('Twice', 'x', 'p'),
    relu('p', 'q'),
    branch([call('Once', 'q', 'z'), branch([node('Odd', ['z'], ['w'], {}, { domain: 'com.example' })])]),
  ];
  const opset_import = [
    { domain: '', version: 21n },
    { domain: 'local', version: 1n },
  ];
  const inputs = [info('x', 'float32', [2]), info('c', 'bool', [])];
  const model = modelProto({ nodes, functions, inputs, outputs: ['d'], model: { opset_import } });
  expect(
    countOps(readSource(model, readMetadata(model))).sort((a, b) =>
      a.op === b.op ? b.version - a.version : a.op < b.op ? -1 : 1,
    ),
  ).toEqual([
    { op: 'If', domain: '', version: 21, count: 2, inBodies: 1 },
    { op: 'Odd', domain: 'com.example', version: 1, count: 1, inBodies: 1 },
    { op: 'Relu', domain: '', version: 21, count: 1, inBodies: 0 },
    { op: 'Relu', domain: '', version: 13, count: 3, inBodies: 1 },
  ]);
});
