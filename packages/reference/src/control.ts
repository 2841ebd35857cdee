// Nodes with bodies, on the reference. What an op of control flow does is told by the number of its bodies' inputs and
// outputs; kernels are for ops without bodies.

import { TrtxError } from '@trtx/errors';
import { type Graph, loopCounts, type Node, opName, type Tensor } from '@trtx/ir';
import { joinParts } from './kernels/parts.ts';

type Operands = readonly (Tensor | null)[];
/** Runs a body once. */
type RunBody = (body: Graph, inputs: readonly Tensor[]) => Tensor[];

/** How each op of control flow runs its bodies. */
const CONTROL: ReadonlyMap<string, (node: Node, inputs: Operands, run: RunBody) => Tensor[]> = new Map([
  ['If', runIf],
  ['Loop', runLoop],
]);

/** @throws TrtxError UNSUPPORTED_OP */
export function runControl(node: Node, inputs: Operands, run: RunBody): Tensor[] {
  const control = CONTROL.get(opName(node.op));
  if (control) return control(node, inputs, run);
  throw new TrtxError('UNSUPPORTED_OP', `the reference cannot run the bodies of ${opName(node.op)}`, {
    node: node.name,
    origin: node.origin.join(', '),
  });
}

function runIf({ bodies }: Node, [cond, ...captured]: Operands, run: RunBody): Tensor[] {
  return run(bodies[isTrue(cond) ? 0 : 1]!, captured as Tensor[]);
}

function runLoop(node: Node, [trips, cond, ...values]: Operands, run: RunBody): Tensor[] {
  const { carried, stacked } = loopCounts(node.view());
  const most = trips ? Number(trips.data[0]) : Number.POSITIVE_INFINITY;
  let states = values.slice(0, carried) as Tensor[];
  const captured = values.slice(carried) as Tensor[];
  const rows: Tensor[][] = Array.from({ length: stacked }, () => []);
  let goes: Tensor = cond ?? { dtype: 'bool', dims: [], data: Uint8Array.of(1) };
  for (let i = 0; i < most && isTrue(goes); i++) {
    const iteration: Tensor = { dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(i)) };
    const [next, ...results] = run(node.bodies[0]!, [iteration, { ...goes, dims: [] }, ...states, ...captured]);
    goes = next!;
    states = results.slice(0, carried);
    results.slice(carried).forEach((row, k) => {
      rows[k]!.push(row);
    });
  }
  return [...states, ...rows.map((list, k) => stack(list, node, carried + k))];
}

/** The tensors along a new first axis. */
function stack(rows: readonly Tensor[], node: Node, output: number): Tensor {
  if (rows.length > 0)
    return joinParts(
      rows.map((row) => ({ ...row, dims: [1, ...row.dims] })),
      0,
    );
  const { dtype, shape } = node.outputs[output]!.type;
  const dims = [0, ...shape.slice(1).map((dim) => (typeof dim === 'number' ? dim : 0))];
  return joinParts([{ dtype, dims, data: [] }], 0);
}

function isTrue(cond: Tensor | null | undefined): boolean {
  return cond!.data[0] === 1;
}
