import { defineKernel } from '@trtx/codegen';
import { defineOp, definePointwise, type OpDef, scalar } from '@trtx/ir';
import { defineReference } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { extensionsOf, importOptions } from './extensions.ts';
import { API_VERSION, definePlugin, type Plugin } from './plugin.ts';

const double = definePointwise({
  domain: 'com.example',
  name: 'Double',
  since: 1,
  summary: 'x + x',
  operands: [['x', ['float32']]],
  scalar: (_, x) => scalar.binary('add', x!, x!),
});

function opaque(domain: string, name: string, more: Partial<OpDef> = {}): OpDef {
  return defineOp({
    domain,
    name,
    since: 1,
    summary: 'anything',
    inputs: [{ name: 'x' }],
    outputs: [{ name: 'y' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: (at) => [at.input(0)],
    ...more,
  });
}

const kernel = (id: string) =>
  defineKernel<null>({
    id,
    version: 1,
    summary: 'nothing',
    ops: ['com.example::Double'],
    applies: () => false,
    params: () => [],
    cost: () => 1,
    emit: () => ({ workgroupSize: 1, workgroups: 1 }),
  });

const plugin = (more: Partial<Plugin> = {}): Plugin => ({
  name: 'example',
  version: '1.0.0',
  apiVersion: { ir: 1, kernels: 1 },
  ...more,
});

describe('a plugin', () => {
  it('is frozen as it is', () => {
    const given = plugin({ ops: [double] });
    expect(definePlugin(given)).toBe(given);
    expect(Object.isFrozen(given)).toBe(true);
  });

  it.each([
    [{ ir: API_VERSION.ir + 1, kernels: API_VERSION.kernels }, `ir: made for ${API_VERSION.ir + 1}`],
    [{ ir: API_VERSION.ir, kernels: 0 }, 'kernels: made for 0'],
    [undefined, 'ir: made for undefined'],
  ])('for other contracts is refused: %j', (apiVersion, detail) => {
    const wrong = plugin({ apiVersion: apiVersion as never });
    const refusal = expect.objectContaining({
      code: 'PLUGIN_API',
      hint: expect.stringContaining('version'),
      details: expect.arrayContaining([expect.stringContaining(detail)]),
    });
    expect(() => definePlugin(wrong)).toThrow(refusal);
    // One that came with a @trtx of its own was never checked by this one.
    expect(() => extensionsOf([wrong])).toThrow(refusal);
  });

  it.each([
    ['no name', plugin({ name: '' })],
    ['an op of the default domain', plugin({ ops: [opaque('', 'Mine')] })],
    ['an op of the domain of engines', plugin({ ops: [opaque('trtx', 'Mine')] })],
    ['an op with bodies', plugin({ ops: [opaque('com.example', 'Mine', { bodies: ['body'] })] })],
    ['two ops of one name', plugin({ ops: [double, double] })],
    ['two kernels of one name', plugin({ kernels: [kernel('a'), kernel('a')] })],
    ['a mapping of the default domain', plugin({ onnx: { '': { Relu: () => [] } } })],
  ])('with %s is refused', (_, wrong) => {
    expect(() => definePlugin(wrong)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_DEFINITION', hint: expect.any(String) }),
    );
  });
});

describe('plugins together', () => {
  it('add to what @trtx has', () => {
    const reference = defineReference({ op: 'com.example::Double', run: ({ inputs }) => [inputs[0]!] });
    const spelling = () => [];
    const own = plugin({
      ops: [double],
      kernels: [kernel('example.a')],
      reference: [reference],
      onnx: { 'com.other': { Twice: spelling } },
    });
    const none = extensionsOf();
    const all = extensionsOf([own]);
    expect(all.ops.find('com.example::Double')).toBe(double);
    expect(all.ops.find('Relu')).toBe(none.ops.find('Relu'));
    expect(all.kernels.slice(0, -1)).toEqual(none.kernels);
    expect(all.reference.serves(double)).toBe(true);
    expect(all.ownerOf('com.example::Double')).toBe(own);
    expect(all.ownerOf('Relu')).toBeUndefined();
    expect(importOptions([own])).toEqual({
      registry: expect.anything(),
      spellings: new Map([['com.other::Twice', spelling]]),
    });
  });

  it.each<[string, Partial<Plugin>]>([
    ['op', { ops: [double] }],
    ['kernel', { kernels: [kernel('a')] }],
    ['mapping', { onnx: { 'com.other': { Twice: () => [] } } }],
  ])('may not define one %s twice', (_, more) => {
    expect(() => extensionsOf([plugin(more), plugin({ ...more, name: 'second' })])).toThrow(
      expect.objectContaining({ code: 'PLUGIN_CONFLICT', summary: expect.stringContaining('plugin second') }),
    );
  });

  it('may not take the names of what @trtx has', () => {
    expect(() => extensionsOf([plugin({ kernels: [kernel('softmax')] })])).toThrow(
      expect.objectContaining({ code: 'PLUGIN_CONFLICT' }),
    );
  });
});
