// The element core: one element of the result an invocation. Map, the pools, Resize and Range are built from it.

import { ceilDiv, type Dim, product } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';

const WORKGROUP = 64;

/** Emits `body` for the element of this invocation, with its row-major number, and says how many workgroups that takes. */
export function emitElements(e: Emitter, shape: readonly Dim[], body: (position: Position, i: Ix) => void): Launch {
  const count = product(shape);
  const i = e.shader.let(`group * ${WORKGROUP}u + lid`, 'i');
  e.shader.when(ix.less(i, e.size(count)), () => body(Position.linear(shape, i), i));
  return { workgroupSize: WORKGROUP, workgroups: ceilDiv(count, WORKGROUP) };
}
