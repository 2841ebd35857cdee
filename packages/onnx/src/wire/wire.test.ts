import { isTrtxError } from '@trtx/errors';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { modelBytes, modelProto, node, numbers } from '../testing/models.ts';
import { countVarints, decodeModel, decodeTensor, encodeModel, joinParts, varints } from './index.ts';

/** A message written field by field: [field number, wire type, what follows the tag]. */
function bytes(write: (writer: protobuf.Writer) => void): Uint8Array {
  const writer = new protobuf.Writer();
  write(writer);
  return new Uint8Array(writer.finish());
}

function refusal(data: Uint8Array, decode: (data: Uint8Array) => unknown = decodeModel): string {
  try {
    decode(data);
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    expect(error.code).toBe('ONNX_PARSE');
    expect(error.hint).toBeTruthy();
    return error.message;
  }
  throw new Error('was decoded');
}

const tag = (field: number, wireType: number) => (field << 3) | wireType;

describe('decoding', () => {
  it('reads what encoding wrote', () => {
    const model = modelProto({ initializers: [numbers('w', 'float32', [2], [1, 2])] });
    const again = decodeModel(joinParts(encodeModel(model)));
    expect(again.graph!.node[0]).toMatchObject({ op_type: 'Relu', input: ['x'], output: ['y'] });
    expect(again.graph!.initializer[0]!.raw_data).toEqual(model.graph!.initializer[0]!.raw_data);
    expect(again.opset_import).toEqual([{ domain: '', version: 21n }]);
  });

  it('gives views of the file, of a Buffer too', () => {
    const file = Buffer.from(modelBytes({ initializers: [numbers('w', 'float32', [400], new Array(400).fill(1))] }));
    const raw = decodeModel(file).graph!.initializer[0]!.raw_data!;
    expect(raw.buffer).toBe(file.buffer);
    expect(raw.constructor).toBe(Uint8Array);
  });

  it('takes packed and unpacked elements, mixed, and keeps packed ones as views', () => {
    const mixed = bytes((w) => {
      w.uint32(tag(1, 0)).int64(3);
      w.uint32(tag(1, 2)).fork().int64(4).int64(5).ldelim();
      for (const value of [1, 2, 3]) w.uint32(tag(4, 5)).float(value);
      w.uint32(tag(4, 2)).fork().float(4).float(5).ldelim();
      w.uint32(tag(7, 0)).int64(-1);
      w.uint32(tag(7, 2)).fork().int64(300).ldelim();
    });
    const tensor = decodeTensor(mixed);
    expect(tensor.dims).toEqual([3n, 4n, 5n]);
    const floats = tensor.float_data!.slice();
    expect([...new Float32Array(floats.buffer)]).toEqual([1, 2, 3, 4, 5]);
    expect([...varints(tensor.int64_data!)]).toEqual([-1n, 300n]);
    expect(countVarints(tensor.int64_data!)).toBe(2);
    const packed = bytes((w) => w.uint32(tag(4, 2)).fork().float(1).ldelim());
    expect(decodeTensor(packed).float_data!.buffer).toBe(packed.buffer);
  });

  it('joins many elements that are written one by one in linear time', () => {
    const count = 200_000;
    const data = bytes((w) => {
      for (let i = 0; i < count; i++) w.uint32(tag(4, 5)).float(i);
    });
    const start = performance.now();
    expect(decodeTensor(data).float_data!.length).toBe(4 * count);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('takes fields in any order; the last scalar holds, messages are merged', () => {
    const data = bytes((w) => {
      w.uint32(tag(2, 2)).string('first');
      w.uint32(tag(7, 2)).fork().uint32(tag(2, 2)).string('a').ldelim();
      w.uint32(tag(1, 0)).int64(7).uint32(tag(1, 0)).int64(8);
      w.uint32(tag(7, 2)).fork().uint32(tag(5, 2)).fork().uint32(tag(8, 2)).string('w').ldelim().ldelim();
      w.uint32(tag(2, 2)).string('last');
    });
    const model = decodeModel(data);
    expect(model).toMatchObject({ ir_version: 8n, producer_name: 'last' });
    expect(model.graph).toMatchObject({ name: 'a', initializer: [{ name: 'w' }] });
  });

  it('skips unknown fields of every wire type', () => {
    const data = bytes((w) => {
      w.uint32(tag(1000, 0)).int64(-1);
      w.uint32(tag(1001, 1)).fixed64(5);
      w.uint32(tag(1002, 2)).bytes(new Uint8Array([tag(1, 0), 1]));
      w.uint32(tag(1003, 5)).fixed32(5);
      w.uint32(tag(1, 0)).int64(8);
    });
    expect(decodeModel(data).ir_version).toBe(8n);
  });

  it('keeps 64-bit integers exact', () => {
    const edges = [2n ** 63n - 1n, -(2n ** 63n), -1n, 0n, 2n ** 53n + 1n];
    const attribute = {
      name: 'a',
      type: 7,
      ints: edges,
      floats: [],
      strings: [],
      tensors: [],
      graphs: [],
      sparse_tensors: [],
    };
    const model = modelProto({ nodes: [node('X', [], ['y'], {}, { attribute: [attribute] })] });
    expect(decodeModel(joinParts(encodeModel(model))).graph!.node[0]!.attribute[0]!.ints).toEqual(edges);
    const unsigned = bytes((w) => w.uint64(-1 as number));
    expect([...varints(unsigned, true)]).toEqual([2n ** 64n - 1n]);
  });
});

describe('damaged files', () => {
  const nested = (depth: number) => {
    // Attribute of a node of a graph in an attribute …: each level is four messages.
    let inner: Uint8Array = new Uint8Array(0);
    for (let i = 0; i < depth; i++) {
      const body = inner;
      inner = bytes((w) =>
        w.uint32(tag(1, 2)).fork().uint32(tag(5, 2)).fork().uint32(tag(6, 2)).bytes(body).ldelim().ldelim(),
      );
    }
    return bytes((w) => w.uint32(tag(7, 2)).bytes(inner));
  };
  const cases: [string, Uint8Array, string][] = [
    ['a varint of 11 bytes', new Uint8Array([8, ...new Array(11).fill(0xff)]), 'in ir_version at byte 0'],
    ['a length of 2^63', new Uint8Array([18, ...new Array(8).fill(0xff), 0x7f, 0]), 'in producer_name at byte 0'],
    ['a length past the end', new Uint8Array([18, 5, 65]), 'passes the end'],
    [
      'a length past the end of its message',
      bytes((w) => w.uint32(tag(7, 2)).fork().uint32(tag(2, 2)).uint32(9).ldelim().uint32(0)),
      'in graph.name at byte 2',
    ],
    ['a tag that is cut', new Uint8Array([0x80]), 'in ModelProto at byte 0'],
    ['field number 0', new Uint8Array([0, 1]), 'field number 0'],
    ['a group', new Uint8Array([(tag(1000, 3) & 0xff) | 0x80, tag(1000, 3) >> 7]), 'wire type 3'],
    ['the end of a group', new Uint8Array([tag(4, 4)]), 'wire type 4'],
    ['wire type 6', new Uint8Array([tag(4, 6)]), 'wire type 6'],
    ['wire type 7', new Uint8Array([tag(4, 7)]), 'wire type 7'],
    ['a string as a number', new Uint8Array([tag(2, 0), 1]), 'wire type 0 where 2 belongs, in producer_name'],
    ['a number as a string', new Uint8Array([tag(1, 2), 0]), 'wire type 2 where 0 belongs, in ir_version'],
    ['a message as a number', new Uint8Array([tag(7, 5), 0, 0, 0, 0]), 'wire type 5 where 2 belongs, in graph'],
    ['nesting of 10,000', nested(10_000 / 4), 'messages are nested more than 100 deep'],
    ['a pointer of Git LFS', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'), 'Git LFS'],
    ['a web page', new TextEncoder().encode('<!DOCTYPE html>'), 'a web page'],
    ['an archive', new TextEncoder().encode('PK\u0003\u0004\u0014'), 'a ZIP archive'],
  ];
  it.each(cases)('refuses %s', (_, data, message) => {
    expect(refusal(data)).toContain(message);
  });

  const tensors: [string, Uint8Array, string][] = [
    [
      'packed floats of 3 bytes',
      bytes((w) => w.uint32(tag(4, 2)).bytes(new Uint8Array(3))),
      '3 bytes of elements of 4 bytes',
    ],
    [
      'packed doubles of 12 bytes',
      bytes((w) => w.uint32(tag(10, 2)).bytes(new Uint8Array(12))),
      '12 bytes of elements of 8 bytes',
    ],
    [
      'packed integers whose last is cut',
      new Uint8Array([tag(7, 2), 2, 1, 0x80]),
      'a varint is cut short, in int64_data',
    ],
    [
      'a packed integer of 11 bytes',
      bytes((w) => w.uint32(tag(7, 2)).bytes(new Uint8Array([1, ...new Array(10).fill(0xff), 1]))),
      'a varint of more than 10 bytes, in int64_data',
    ],
    ['floats as varints', new Uint8Array([tag(4, 0), 1]), 'wire type 0 where 5 or 2 belongs, in float_data'],
    ['integers as fixed', bytes((w) => w.uint32(tag(7, 1)).fixed64(1)), 'wire type 1 where 0 or 2 belongs'],
    ['dims of fixed', bytes((w) => w.uint32(tag(1, 5)).fixed32(1)), 'wire type 5 where 0 belongs, in dims'],
  ];
  it.each(tensors)('refuses a tensor with %s', (_, data, message) => {
    expect(refusal(data, decodeTensor)).toContain(message);
  });

  it('names the place in the file', () => {
    const file = modelBytes({ nodes: [node('Relu', ['x'], ['t']), node('Relu', ['t'], ['y'], { a: 1 })] });
    const at = file.length - [...file].reverse().indexOf(0x61) - 1;
    const damaged = file.slice();
    damaged[at - 1] = 0x7f;
    expect(refusal(damaged)).toMatch(/in graph\.node\[1\]\.attribute\[0\]\.name at byte \d+/);
  });
});

describe('encoding', () => {
  it('does not copy large tensors', () => {
    const weights = numbers('w', 'float32', [4096], new Array(4096).fill(2));
    const parts = encodeModel(modelProto({ initializers: [weights] }));
    expect(parts.some((part) => part.buffer === weights.raw_data!.buffer)).toBe(true);
    const again = decodeModel(joinParts(parts)).graph!.initializer[0]!;
    expect(again.raw_data).toEqual(weights.raw_data);
  });

  it('writes lengths of every size', () => {
    for (const length of [0, 1, 127, 128, 1023, 1024, 16383, 16384, 70000]) {
      const raw = new Uint8Array(length).fill(7);
      const weights = { ...numbers('w', 'float32', [0], []), raw_data: raw };
      const model = decodeModel(modelBytes({ initializers: [weights, weights] }));
      for (const { raw_data } of model.graph!.initializer) expect(Buffer.compare(raw_data!, raw)).toBe(0);
    }
  });
});
