// What depends on what in a model, by names alone: which graph inputs steer shapes, axes or control, before anything is
// imported. Bodies of control flow are part of it, for ONNX gives every value of a model a name of its own.

import { type OpRegistry, standardOps } from '@trtx/ir';
import { currentInputs, currentName, steersShape } from '../normalize/index.ts';
import { readMetadata, readSource, withBodies } from '../source/read.ts';
import { decodeModel } from '../wire/index.ts';
import { type DeclaredValue, declared } from './survey.ts';

/** A node, or a body's way in or out of its node: the outputs depend on the inputs. */
export interface FlowEdge {
  /** The op's current name; '' for a body's way in or out. */
  readonly op: string;
  readonly domain: string;
  /** Names of values; '' for an optional one that is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface ModelFlow {
  /** Graph inputs that the caller gives. */
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** Nodes with functions inlined, and those of all bodies. */
  readonly edges: readonly FlowEdge[];
}

/**
 * The flow of values in a model.
 * @throws TrtxError ONNX_PARSE, ONNX_MODEL
 */
export function readFlow(bytes: Uint8Array): ModelFlow {
  const model = decodeModel(bytes);
  const source = readSource(model, readMetadata(model));
  const edges: FlowEdge[] = [];
  for (const graph of withBodies(source))
    for (const { op, domain, version, inputs, outputs, bodies } of graph.nodes) {
      edges.push(
        domain === ''
          ? { op: currentName(op), domain, inputs: currentInputs(op, version, inputs), outputs }
          : { op, domain, inputs, outputs },
      );
      for (const body of bodies.values()) {
        body.inputs.forEach(({ name = '' }, i) => {
          if (inputs[i]) edges.push({ op: '', domain: '', inputs: [inputs[i]], outputs: [name] });
        });
        edges.push({ op: '', domain: '', inputs: body.outputs.map(({ name = '' }) => name), outputs });
      }
    }
  return { inputs: source.inputs.map(declared), outputs: source.outputs.map(declared), edges };
}

/**
 * The graph inputs whose values steer shapes, axes or control, directly or through arithmetic: TensorRT's shape tensors.
 * Tensors of rank 2 or more are data, whatever they flow into.
 */
export function steeringInputs(flow: ModelFlow, registry: OpRegistry = standardOps): Set<string> {
  const producers = new Map<string, FlowEdge[]>();
  const pending: string[] = [];
  for (const edge of flow.edges) {
    const def = registry.get(edge.op, edge.domain);
    edge.inputs.forEach((name, i) => {
      const steers = def
        ? def.inputs[Math.min(i, def.inputs.length - 1)]?.steersShape
        : steersShape(edge.op, edge.domain, i);
      if (name !== '' && steers) pending.push(name);
    });
    // What a shape op gives follows from the shape of what it reads, not from its elements.
    if (def?.trait.kind === 'shape') continue;
    for (const name of edge.outputs) producers.set(name, [...(producers.get(name) ?? []), edge]);
  }
  const steering = new Set<string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (steering.has(name)) continue;
    steering.add(name);
    for (const edge of producers.get(name) ?? []) pending.push(...edge.inputs.filter((input) => input !== ''));
  }
  const small = flow.inputs.filter(({ dims }) => dims === undefined || dims.length <= 1);
  return new Set(small.map(({ name }) => name).filter((name) => steering.has(name)));
}
