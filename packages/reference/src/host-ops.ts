// Reference kernels as functions of the host: what an engine calls, at run time, for nodes that it has no GPU kernel for.
//
// They stand in the main entry and import ir: a kernel reads a node's geometry from the op definition, so that it is told
// once. A page that loads engines without host steps needs nothing of this.

import { type AttributeValue, type OpDef, type OpRegistry, opName, standardOps, type Tensor } from '@trtx/ir';
import { evaluateNode } from './evaluate.ts';
import type { ReferenceKernels } from './kernel.ts';
import { standardKernels } from './kernels/index.ts';
import { constantOfTensor } from './tensors.ts';

/** A function of the host, as `Engine.load` of @trtx/runtime takes it. Tensors among attributes are as inputs are. */
export interface HostOp {
  (
    attributes: Readonly<Record<string, number | string | readonly number[] | readonly string[] | Tensor>>,
    inputs: readonly (Tensor | null)[],
    outputCount: number,
  ): readonly Tensor[];
  /** Inputs, the last one standing for all that follow, of whose tensors no elements are read. */
  readonly passesOn?: readonly boolean[];
}

/** A function for each op of the registry that a kernel serves, by op id: `TopK`, `com.microsoft::X`. */
export function hostOps(
  registry: OpRegistry = standardOps,
  kernels: ReferenceKernels = standardKernels,
): ReadonlyMap<string, HostOp> {
  const served = [...registry].filter((op) => kernels.serves(op));
  return new Map(served.map((op) => [opName(op), hostOp(op, kernels)]));
}

function hostOp(op: OpDef, kernels: ReferenceKernels): HostOp {
  const run: HostOp = (attributes, inputs, outputCount) => {
    const node = {
      op,
      name: opName(op),
      attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
      inputs: inputs.map((tensor, i) => tensor && { name: op.inputs[Math.min(i, op.inputs.length - 1)]?.name ?? '' }),
      outputs: Array.from({ length: outputCount }, (_, i) => ({ name: op.outputs[i]?.name ?? '' })),
      origin: [],
    };
    return evaluateNode(node, inputs, kernels);
  };
  const passesOn = op.inputs.map((input) => input.passedOn === true);
  return passesOn.includes(true) ? Object.assign(run, { passesOn }) : run;
}

function attributeOf(value: AttributeValue | Tensor): AttributeValue {
  return typeof value === 'object' && 'data' in value ? constantOfTensor(value as Tensor) : (value as AttributeValue);
}
