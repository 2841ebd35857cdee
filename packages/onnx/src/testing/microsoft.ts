// Nodes of com.microsoft against ONNX Runtime.

import type { DType, Tensor } from '@trtx/ir';
import { expectClose } from '../../../../tests/support/compare.ts';
import { checkImported, type ImportedOptions, runImported } from '../../../../tests/support/imported.ts';
import { type OracleNode, runWithOnnxRuntime } from '../../../../tests/support/onnx-oracle.ts';

export interface MicrosoftOptions extends Pick<ImportedOptions, 'opset' | 'absolute' | 'relative'> {
  outputCount?: number;
  /** Outputs by number that the node has not. */
  without?: readonly number[];
  /** Inputs by number whose sizes are dynamic in a second import, with names for those that are. */
  dynamic?: Readonly<Record<number, readonly (number | string)[]>>;
  /** Inputs by number that are initializers. */
  constants?: readonly number[];
  /** Inputs by number that the importer gets as constants, since they steer shapes. */
  known?: readonly number[];
  domain?: string;
  /** Element types of outputs by number, where ONNX Runtime cannot infer them. */
  types?: Readonly<Record<number, DType>>;
  /** Further initializers, for formulas. */
  more?: Readonly<Record<string, Tensor>>;
}

type Attributes = OracleNode['attributes'];

/**
 * Expects a node, imported and run in the reference, to give what ONNX Runtime gives: with the sizes of the inputs
 * declared, and again with dynamic ones.
 */
export async function checkMicrosoft(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes = {},
  options: MicrosoftOptions = {},
): Promise<void> {
  const model = modelOf(op, inputs, attributes, options);
  for (const shapes of model.shapes) await checkImported(model.nodes, model.given, { ...model.options, shapes });
}

/**
 * As `checkMicrosoft`, for a node that ONNX Runtime has no kernel for on the CPU: compared with what it gives for the
 * nodes that the documentation's formula is. They read x0, x1, … and give y0, y1, …
 */
export async function checkFormula(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes,
  formula: readonly OracleNode[],
  options: MicrosoftOptions = {},
): Promise<void> {
  const model = modelOf(op, inputs, attributes, options);
  const expected = await runWithOnnxRuntime(formula, model.given, model.options);
  for (const shapes of model.shapes) {
    const actual = await runImported(model.nodes, model.given, { ...model.options, shapes });
    for (const [name, tensor] of expected) expectClose(actual.get(name)!, tensor, options, `${name} of ${op}`);
  }
}

function modelOf(
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes,
  {
    outputCount = 1,
    without = [],
    dynamic,
    constants = [],
    known = [],
    domain,
    types = {},
    more,
    ...rest
  }: MicrosoftOptions,
) {
  const names = inputs.map((tensor, i) => (tensor ? `x${i}` : ''));
  const outputs = Array.from({ length: outputCount }, (_, i) => (without.includes(i) ? '' : `y${i}`));
  const pick = (wanted: (i: number) => boolean) =>
    Object.fromEntries(inputs.flatMap((tensor, i) => (tensor && wanted(i) ? [[`x${i}`, tensor] as const] : [])));
  const options: ImportedOptions = {
    domains: { 'com.microsoft': 1 },
    constants: { ...pick((i) => constants.includes(i)), ...more },
    known: known.map((i) => `x${i}`),
    outputs: outputs.filter((name) => name !== ''),
    types: Object.fromEntries(Object.entries(types).map(([i, dtype]) => [`y${i}`, dtype])),
    ...rest,
  };
  const nodes: OracleNode[] = [{ op, domain: domain ?? 'com.microsoft', inputs: names, outputs, attributes }];
  const named = dynamic && Object.fromEntries(Object.entries(dynamic).map(([i, dims]) => [`x${i}`, dims]));
  return {
    nodes,
    given: pick((i) => !constants.includes(i)),
    options,
    shapes: named ? [undefined, named] : [undefined],
  };
}
