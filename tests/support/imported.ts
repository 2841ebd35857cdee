// Nodes of any opset through the importer and the reference, compared with ONNX Runtime: for what the importer rewrites.

import type { Tensor } from '@trtx/ir';
import { type ImportOptions, importModel } from '@trtx/onnx';
import { constantOfTensor, ReferenceRunner } from '@trtx/reference';
import { expectClose, type Tolerance } from './compare.ts';
import {
  encodeModel,
  type OracleNode,
  type OracleOptions,
  runModelWithOnnxRuntime,
  runWithOnnxRuntime,
} from './onnx-oracle.ts';

export interface ImportedOptions extends OracleOptions, Tolerance {
  /** Inputs that the importer gets as constants, since they steer shapes. */
  known?: readonly string[];
}

/** Imports the nodes and runs them in the reference. Outputs by name. */
export async function runImported(
  nodes: readonly OracleNode[],
  inputs: Readonly<Record<string, Tensor>>,
  { known = [], ...options }: ImportedOptions = {},
): Promise<Map<string, Tensor>> {
  const constants = new Map(known.map((name) => [name, constantOfTensor(inputs[name]!)] as const));
  const { graph } = await importModel(encodeModel(nodes, inputs, options), { constants });
  const feeds = Object.entries(inputs).filter(([name]) => !constants.has(name));
  return new ReferenceRunner(graph).run(new Map(feeds));
}

/** Expects the importer and the reference together to give what ONNX Runtime gives. */
export async function checkImported(
  nodes: readonly OracleNode[],
  inputs: Readonly<Record<string, Tensor>>,
  options: ImportedOptions = {},
): Promise<void> {
  const expected = await runWithOnnxRuntime(nodes, inputs, options);
  const actual = await runImported(nodes, inputs, options);
  for (const [name, tensor] of expected)
    expectClose(actual.get(name)!, tensor, options, `${name} of ${nodes.map(({ op }) => op).join(', ')}`);
}

/** As `checkImported`, for one node with inputs in order, null for absent ones; outputs are all of `outputCount`. */
export async function checkNode(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: OracleNode['attributes'] = {},
  { outputCount = 1, domain, ...options }: ImportedOptions & { outputCount?: number; domain?: string } = {},
): Promise<void> {
  const names = inputs.map((tensor, i) => (tensor ? `x${i}` : ''));
  const outputs = Array.from({ length: outputCount }, (_, i) => `y${i}`);
  const given = Object.fromEntries(inputs.flatMap((tensor, i) => (tensor ? [[`x${i}`, tensor] as const] : [])));
  await checkImported([{ op, domain, inputs: names, outputs, attributes }], given, { outputs, ...options });
}

/** Expects a model file through the importer and the reference to give what ONNX Runtime gives. */
export async function checkModel(
  model: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
  options: ImportOptions & Tolerance = {},
): Promise<void> {
  const expected = await runModelWithOnnxRuntime(model, inputs);
  const { graph } = await importModel(model, options);
  const actual = await new ReferenceRunner(graph).run(new Map(Object.entries(inputs)));
  for (const [name, tensor] of expected) expectClose(actual.get(name)!, tensor, options, name);
}
