// Sampling at positions, and the grids of such positions.

import type { Node, Value } from '@trtx/ir';
import { ints } from '../../normalize/pieces.ts';
import { type ExportEmitter, given, knownInts, spelling } from './spelling.ts';

/** GridSample-16 names its modes after two axes, which is what it takes. */
const MODES: Readonly<Record<string, string>> = { linear: 'bilinear', cubic: 'bicubic', nearest: 'nearest' };

export const samplingSpellings = [
  spelling('GridSample', 20, (node, emit) => {
    const mode = MODES[node.view().string('mode')]!;
    return emit.older(node, { without: ['mode'], attributes: { mode: ['string', mode] } });
  }),
  spelling('AffineGrid', 20, (node, emit) => [affineGrid(node, emit)]),
];

/** Places of the image in homogeneous coordinates, x first, times the transposed matrices. */
function affineGrid(node: Node, emit: ExportEmitter): Value {
  const [theta, size] = [given(node, 0), knownInts(node.inputs[1])];
  if (!size) throw emit.fail('an image of sizes that are not known at build', 'Choose opset 20 or newer.');
  const corners = node.view().int('align_corners') === 1;
  const sizes = size.slice(2);
  const count = sizes.reduce((product, length) => product * length, 1);
  const along = (axis: number, place: number) => {
    const length = sizes[axis]!;
    if (!corners) return (2 * place + 1) / length - 1;
    return length === 1 ? 0 : (2 * place) / (length - 1) - 1;
  };
  const rows = Array.from({ length: count }, (_, i) => {
    let rest = i;
    const places = sizes.map(() => 0);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      places[axis] = along(axis, rest % sizes[axis]!);
      rest = Math.floor(rest / sizes[axis]!);
    }
    return [...places.reverse(), 1];
  });
  const { dtype } = theta.type;
  const places = emit.constant('float32', [count, sizes.length + 1], rows.flat());
  const wide = dtype === 'float32' ? places : emit.node('Cast', [places], { to: dtype });
  const matrices = emit.node('Transpose', [theta], { perm: [0, 2, 1] });
  return emit.node('Reshape', [emit.node('MatMul', [wide, matrices]), ints(emit, 0, ...sizes, sizes.length)]);
}
