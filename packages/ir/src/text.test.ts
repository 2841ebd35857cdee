import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { cloneGraph } from './clone.ts';
import { dimOf, Sym } from './dim.ts';
import { standardOps } from './ops/index.ts';
import { specialize } from './specialize.ts';
import { constantFrom } from './tensor.ts';
import { canonicalText, constantTable, printConstant, printGraph, structurallyEqual } from './text.ts';
import { parseGraph } from './text-parse.ts';

const parse = (text: string) => parseGraph(text, standardOps);

function net() {
  const b = new GraphBuilder('my net');
  const x = b.input('input:0', 'float32', [1, 3, 'H', 'odd name']);
  const w = b.constant(
    'float32',
    [8, 3, 2, 2],
    Array.from({ length: 96 }, (_, i) => i / 7),
    'w',
  );
  const conv = b.Conv(x, w, { strides: [2, 2], auto_pad: 'VALID' }, { name: 'conv', origin: ['a', 'b,c'] });
  const y = b.Clip(conv, null, b.constant('float32', [], [6], 'six'));
  b.output('y', y);
  b.output('output', b.Relu(y, {}, { outputs: ['input'] }));
  return b.graph;
}

describe('text', () => {
  it('shows inputs, constants, nodes and outputs', () => {
    const graph = specialize(net(), { 'input:0': [1, 3, { min: 32, max: 64, multipleOf: 32 }, null] });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph "my net"
        symbol H/32: 1..2
        input "input:0": float32[1,3,32*H/32,"odd name"]
        constant w = float32[8,3,2,2] #ce86d53144204956
        constant six = float32[] [6]
        conv.0: float32[1,8,16*H/32,floor(("odd name")/(2))] = Conv("input:0", w) { auto_pad: "VALID", strides: [2, 2] } as conv from "a", "b,c"
        Clip.0: float32[1,8,16*H/32,floor(("odd name")/(2))] = Clip(conv.0, -, six) as Clip
        "input": float32[1,8,16*H/32,floor(("odd name")/(2))] = Relu(Clip.0) as Relu
        output y = Clip.0
        output "output" = "input"
      "
    `);
  });

  it('parses back', () => {
    for (const graph of [net(), specialize(net(), { 'input:0': [1, 3, { min: 1, max: 64, multipleOf: 4 }, null] })]) {
      const copy = parseGraph(printGraph(graph), standardOps, { constants: constantTable(graph) });
      expect(printGraph(copy)).toBe(printGraph(graph));
      expect(structurallyEqual(copy, graph)).toBe(true);
    }
  });

  it('is short where it is written by hand', () => {
    const graph = parse(`
      // the types and names follow from the ops
      input x: float32[N,4]
      h = Add(x, float32[4] [1, 2, 3, 4])
      y = Relu(h)
      output y
    `);
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph "graph"
        input x: float32[N,4]
        constant "constant" = float32[4] [1, 2, 3, 4]
        h: float32[N,4] = Add(x, "constant") as Add
        y: float32[N,4] = Relu(h) as Relu
        output y
      "
    `);
  });

  it('writes every element type so that it reads back', () => {
    const constants = [
      constantFrom('float32', [6], [0.1, -0, 1e-40, Number.POSITIVE_INFINITY, Number.NaN, 16777217]),
      constantFrom('float64', [2], [0.1, 1e300]),
      constantFrom('float16', [5], [0x3c00, 0x7c00, 0x7e01, 0x8000, 0x2e66]),
      constantFrom('int64', [2], [-1, 2 ** 40]),
      constantFrom('uint8', [3], [255, 255, 255]),
      constantFrom('bool', [1, 2], [0, 1]),
      constantFrom('int32', [0, 3], []),
      constantFrom('int32', [], [7]),
    ];
    const text = constants.map((c, i) => `constant c${i} = ${printConstant(c)}\noutput c${i}`).join('\n');
    expect(text.split('\n').filter((line) => line.startsWith('constant'))).toMatchInlineSnapshot(`
      [
        "constant c0 = float32[6] [0.1, -0, 9.99995e-41, inf, nan, 16777216]",
        "constant c1 = float64[2] [0.1, 1e+300]",
        "constant c2 = float16[5] [1, inf, 0x7e01, 0x8000, 0.1]",
        "constant c3 = int64[2] [-1, 1099511627776]",
        "constant c4 = uint8[3] splat 255",
        "constant c5 = bool[1,2] [0, 1]",
        "constant c6 = int32[0,3] []",
        "constant c7 = int32[] [7]",
      ]
    `);
    const graph = parse(text);
    graph.outputs.forEach(({ value }, i) => {
      expect(value.constant!.read()).toEqual(constants[i]!.read());
    });
    const strings = parse('constant s = string[2] ["a", "b\\n"]\noutput s');
    expect(strings.outputs[0]!.value.constant!.strings).toEqual(['a', 'b\n']);
  });

  it('reads dims in the form in which they print', () => {
    const dims = ['N', '2*H/32+1', 'floor((H+1)/(2))', 'min(A, 3*B)', '-A+B+7', 'max(A, floor((B)/(A)))', '"a b"*N*N'];
    const graph = parse(`input x: float32[${dims.join(',')}]\noutput x`);
    const again = parse(printGraph(graph));
    expect(again.inputs[0]!.type.shape.map(String)).toEqual(graph.inputs[0]!.type.shape.map(String));
    expect(graph.inputs[0]!.type.shape.map(String)).toContain('floor((H+1)/(2))');
  });

  it('tells the line of a mistake', () => {
    const cases: [string, string][] = [
      ['input x: float32[N\noutput x', 'line 2: ] is wanted at "output x"'],
      ['input x: float33[N]', 'no element type float33'],
      ['input x: float32[N]\ny = Relu(z)', 'line 2: no value z is defined above at ")"'],
      ['input x: float32[N]\ny = Rule(x)', 'line 2: no op Rule is registered'],
      ['input x: float32[N]\ny: float32[M] = Relu(x)', 'line 2: y is float32[N], not float32[M]'],
      ['constant c = float32[2] [1]', '1 elements for float32[2]'],
      ['constant c = float32[2] #12ab', 'the constant #12ab is not given'],
      ['input x: float32[N]\nx = Relu(x)', 'two values have the name x'],
    ];
    for (const [text, message] of cases) expect(() => parse(text)).toThrow(message);
  });
});

describe('structurallyEqual', () => {
  const one = `input x: float32[N]
    a = Relu(x)
    b = Abs(x)
    y = Sub(a, b)
    output y`;

  it('does not see names and order', () => {
    const two = `input x: float32[N]
      t = Abs(x) as "another name"
      s = Relu(x)
      u = Sub(s, t)
      output y = u`;
    expect(canonicalText(parse(one))).toBe(canonicalText(parse(two)));
  });

  it('sees everything else', () => {
    const changes: [string, string][] = [
      ['Sub(a, b)', 'Sub(b, a)'],
      ['float32[N]', 'float32[M]'],
      ['float32[N]', 'float32[1]'],
      ['float32', 'float16'],
      ['input x', 'symbol N: 1..2\ninput x'],
      ['input x', `symbol N: 0..4..${2 ** 31 - 1}\ninput x`],
      ['output y', 'output z = y'],
      ['output y', 'c = Relu(y)\noutput y'],
      ['Abs(x)', 'LeakyRelu(x) { alpha: 0.5 }'],
      ['Abs(x)', 'Relu(x)'],
    ];
    for (const [from, to] of changes) expect(structurallyEqual(parse(one), parse(one.replace(from, to)))).toBe(false);
  });

  it('reads the range of a symbol with its typical size', () => {
    const text = 'symbol N: 1..2..8\ninput x: float32[N]\noutput x';
    expect(printGraph(parse(text))).toContain('symbol N: 1..2..8\n');
  });

  it('compares constants by their bytes', () => {
    const text = 'input x: float32[2]\ny = Add(x, float32[2] [1, 2])\noutput y';
    expect(structurallyEqual(parse(text), parse(text))).toBe(true);
    expect(structurallyEqual(parse(text), parse(text.replace('[1, 2]', '[1, 3]')))).toBe(false);
  });
});

describe('cloneGraph', () => {
  it('copies everything, names too', () => {
    const graph = net();
    const copy = cloneGraph(graph);
    expect(printGraph(copy)).toBe(printGraph(graph));
    copy.inputs[0]!.setType({ dtype: 'float32', shape: [1, 3, dimOf(new Sym('K')), 8] });
    copy.reinfer();
    expect(printGraph(copy)).not.toBe(printGraph(graph));
  });
});
