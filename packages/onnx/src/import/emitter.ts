// What the importer adds to the graph beside a node itself: the nodes and constants that write an older form, or an op of
// another kind, in today's ops.

import { TrtxError } from '@trtx/errors';
import { attributeMap, constantFrom, type Graph, type OpRegistry, toBfloat16, toFloat16, type Value } from '@trtx/ir';
import type { Emitter } from '../normalize/index.ts';
import type { SourceNode } from '../source/nodes.ts';
import { addSteered } from './steer.ts';

/** Adds to `graph` what comes from a node of the file. */
export function emitterFor(source: SourceNode, graph: Graph, registry: OpRegistry): Emitter {
  const fail = (message: string, hint?: string) =>
    new TrtxError('ONNX_OPSET', message, {
      node: `${source.name} (${source.op}-${source.version})`,
      hint:
        hint ??
        (source.domain === ''
          ? 'Convert the model to a newer opset (onnx.version_converter) and import that.'
          : `Export the model without ${source.op}, or define it in a plugin.`),
    });
  const constant: Emitter['constant'] = (dtype, dims, values) =>
    graph.addConstant(constantFrom(dtype, dims, values), `${source.name}/constant`);
  const outputs: Emitter['outputs'] = (name, count, inputs, attributes = {}) => {
    const op = registry.find(name);
    if (!op) throw fail(`it needs ${name} to be brought up to date, which the registry lacks`);
    const options = { name: `${source.name}/${name}`, origin: [source.name], outputs: count };
    return addSteered(graph, registry, op, withoutTail(inputs), attributeMap(attributes), options).outputs;
  };
  return {
    fail,
    constant,
    scalar(dtype, value) {
      const bits = dtype === 'float16' ? toFloat16(value) : dtype === 'bfloat16' ? toBfloat16(value) : value;
      return constant(dtype, [], [bits]);
    },
    add: (value) => graph.addConstant(value, `${source.name}/constant`),
    node: (name, inputs, attributes) => outputs(name, 1, inputs, attributes)[0]!,
    outputs,
  };
}

/** Inputs up to the last that is there. */
export function withoutTail(inputs: readonly (Value | null)[]): readonly (Value | null)[] {
  return inputs.slice(0, inputs.findLastIndex((input) => input !== null) + 1);
}
