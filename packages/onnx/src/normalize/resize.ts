// Upsample became Resize, and Resize got its coordinate modes in opset 11. GridSample names its modes as Resize does.

import { asNumbers } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take } from './node.ts';
import { NEVER, step } from './steps.ts';

/** What Upsample does: the input element at ⌊output index / scale⌋, or between there and the next. */
const ASYMMETRIC = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' } as const;

export const resizeSteps = [
  step('Upsample', 7, (node, emit) => {
    const [height, width] = [take(node, 'height_scale'), take(node, 'width_scale')];
    if (typeof height !== 'number' || typeof width !== 'number') throw emit.fail('Upsample without scales');
    node.attributes.set('scales', [1, 1, height, width]);
    if (node.attributes.get('mode') === 'bilinear') node.attributes.set('mode', 'linear');
  }),
  step('Upsample', 9, (node, emit) => {
    const scales = take(node, 'scales');
    if (!Array.isArray(scales)) throw emit.fail('Upsample without scales');
    node.inputs[1] = emit.constant('float32', [scales.length], scales as number[]);
  }),
  // Deprecated from opset 10 on, and still written.
  step('Upsample', NEVER, (node) => {
    node.op = 'Resize';
    toRegionForm(node);
  }),
  step('Resize', 11, (node, emit) => {
    shrinkFirst(node, emit);
    toRegionForm(node);
  }),
  step('Resize', 13, forTensorflow),
  step('GridSample', 20, (node) => {
    const mode = node.attributes.get('mode');
    if (mode === 'bilinear') node.attributes.set('mode', 'linear');
    if (mode === 'bicubic') node.attributes.set('mode', 'cubic');
  }),
];

/** Whether the scales are input 1: before there were regions. */
export function hasNoRegion(op: string, version: number): boolean {
  return op === 'Upsample' || (op === 'Resize' && version < 11);
}

/** [X, scales] becomes [X, roi, scales] with the coordinates of the time written out. */
function toRegionForm(node: LegacyNode): void {
  node.inputs = [node.inputs[0] ?? null, null, node.inputs[1] ?? null];
  for (const [name, value] of Object.entries(ASYMMETRIC)) node.attributes.set(name, value);
}

/**
 * Resize-10 takes the nearest element as Upsample does along axes that grow, and the one at ⌈output index / scale⌉ along
 * those that shrink: ONNX's cases of the time and ONNX Runtime say so. These axes get a Resize of their own.
 */
function shrinkFirst(node: LegacyNode, emit: Emitter): void {
  const scales = asNumbers(inputOf(node, 1, emit).reals);
  if (node.attributes.get('mode') === 'linear' || !scales?.some((scale) => scale < 1)) return;
  const given = (values: readonly number[]) => emit.constant('float32', [values.length], values);
  const shrinking = { ...ASYMMETRIC, nearest_mode: 'ceil' };
  const inputs = [inputOf(node, 0, emit), null, given(scales.map((scale) => Math.min(scale, 1)))];
  node.inputs = [emit.node('Resize', inputs, shrinking), given(scales.map((scale) => Math.max(scale, 1)))];
}

/** tf_half_pixel_for_nn with `floor` is ⌊(o + ½)/s⌋: half_pixel, rounded with halves up. Opset 13 dropped the name. */
function forTensorflow(node: LegacyNode, emit: Emitter): void {
  if (node.attributes.get('coordinate_transformation_mode') !== 'tf_half_pixel_for_nn') return;
  if ((node.attributes.get('mode') ?? 'nearest') !== 'nearest' || node.attributes.get('nearest_mode') !== 'floor')
    throw emit.fail('tf_half_pixel_for_nn other than to the nearest element, rounded down');
  node.attributes.set('coordinate_transformation_mode', 'half_pixel');
  node.attributes.set('nearest_mode', 'round_prefer_ceil');
}
