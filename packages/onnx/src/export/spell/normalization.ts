// Normalizations that came after LayerNormalization and InstanceNormalization.

import { type DType, groupGeometry, normGeometry, type Value } from '@trtx/ir';
import { ints, like } from '../../normalize/pieces.ts';
import { castTo } from '../../normalize/steps.ts';
import { channelwise, reshapeTo } from './pieces.ts';
import { given, spelling } from './spelling.ts';

export const normalizationSpellings = [
  spelling('RMSNormalization', 23, (node, emit) => {
    const at = node.view();
    const [x, scale] = [given(node, 0), given(node, 1)];
    const wide = castTo(x, stashType(x, at.int('stash_type')), emit);
    const squares = emit.node('Pow', [wide, like(wide, 2, emit)]);
    const mean = emit.node('ReduceMean', [squares, ints(emit, ...normGeometry(at).axes)]);
    const root = emit.node('Sqrt', [emit.node('Add', [mean, like(wide, at.float('epsilon'), emit)])]);
    const normal = castTo(emit.node('Div', [wide, root]), scale.type.dtype, emit);
    return [isOnes(scale) ? normal : emit.node('Mul', [normal, scale])];
  }),
  // GroupNormalization-18 has a scale for each group, not for each channel: that says less.
  spelling('GroupNormalization', 21, (node, emit) => {
    const at = node.view();
    const [x, scale, bias] = [0, 1, 2].map((index) => given(node, index)) as [Value, Value, Value];
    const groups = at.int('num_groups');
    const { shape } = x.type;
    groupGeometry(at);
    const epsilon = at.float('epsilon');
    if (groups === shape[1] && shape.length > 2)
      return [emit.node('InstanceNormalization', [x, scale, bias], { epsilon })];
    const number = (value: number) => emit.constant('float32', [groups], new Array<number>(groups).fill(value));
    const wide = castTo(x, stashType(x, at.int('stash_type')), emit);
    const inner = [number(1), number(0)].map((value) => castTo(value, wide.type.dtype, emit));
    const grouped = emit.node('Reshape', [wide, ints(emit, 0, groups, -1)]);
    const normal = emit.node('InstanceNormalization', [grouped, ...inner], { epsilon });
    const whole = castTo(reshapeTo(normal, x, emit), x.type.dtype, emit);
    const [factor, addend] = [scale, bias].map((value) => channelwise(value, shape.length, emit)) as [Value, Value];
    return [emit.node('Add', [emit.node('Mul', [whole, factor]), addend])];
  }),
];

/** The type that statistics are computed in: float32 where that is wider and the node says so. */
function stashType(x: Value, stash: number): DType {
  const { dtype } = x.type;
  return stash === 1 && dtype !== 'float64' ? 'float32' : dtype;
}

function isOnes({ constant, type }: Value): boolean {
  if (!constant || type.dtype !== 'float32') return false;
  const bytes = constant.read();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += 4) if (view.getFloat32(at, true) !== 1) return false;
  return true;
}
