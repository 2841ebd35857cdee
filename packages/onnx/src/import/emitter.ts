// What the importer adds to the graph beside a node itself: the nodes and constants that write an older form, or an op of
// another kind, in today's ops.

import { TrtxError } from '@trtx/errors';
import { type AttributeValue, constantFrom, type Graph, type OpRegistry, toBfloat16, toFloat16 } from '@trtx/ir';
import type { Emitter } from '../normalize/index.ts';
import type { SourceNode } from '../source/nodes.ts';

/** Adds to `graph` what comes from a node of the file. */
export function emitterFor(source: SourceNode, graph: Graph, registry: OpRegistry): Emitter {
  const fail = (message: string, hint?: string) =>
    new TrtxError('ONNX_OPSET', message, {
      node: `${source.name} (${source.op}-${source.version})`,
      hint: hint ?? 'Convert the model to a newer opset (onnx.version_converter) and import that.',
    });
  const constant: Emitter['constant'] = (dtype, dims, values) =>
    graph.addConstant(constantFrom(dtype, dims, values), `${source.name}/constant`);
  return {
    fail,
    constant,
    scalar(dtype, value) {
      const bits = dtype === 'float16' ? toFloat16(value) : dtype === 'bfloat16' ? toBfloat16(value) : value;
      return constant(dtype, [], [bits]);
    },
    node(name, inputs, attributes: Readonly<Record<string, AttributeValue>> = {}) {
      const op = registry.get(name);
      if (!op) throw fail(`it needs ${name} to be brought up to date, which the registry lacks`);
      return graph.addNode(op, inputs, attributes, { name: `${source.name}/${name}`, origin: [source.name] }).output;
    },
  };
}
