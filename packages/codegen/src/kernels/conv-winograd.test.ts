// Which kernel a convolution by 3×3, and a transposed one, is given to without a measurement.

import { GraphBuilder } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { PORTABLE, type Target } from '../target.ts';
import { ones } from '../testing/groups.ts';
import { LARGE } from '../testing/targets.ts';

const SOFTWARE: Target = { ...PORTABLE, software: true };

/** The kernels that dispatches take of a layer between two others of one tap, in their order. */
function kernelsOf(channels: number, size: number, target: Target, op: 'Conv' | 'ConvTranspose' = 'Conv'): string[] {
  const b = new GraphBuilder('g');
  const x = b.Conv(b.input('x', 'float32', [1, channels, size, size]), ones(b, channels, channels, 1, 1));
  const kernel = op === 'Conv' ? 3 : 2;
  const attributes = op === 'Conv' ? { pads: [1, 1, 1, 1] } : { strides: [2, 2] };
  const [y] = b.op(op, [x, ones(b, channels, channels, kernel, kernel)], attributes, { name: 'layer' });
  b.output('y', b.Conv(y!, ones(b, channels, channels, 1, 1)));
  const { plan } = compile(b.graph, { target });
  const dispatches = plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []));
  return dispatches.filter(({ nodes }) => nodes.includes('layer')).map(({ label }) => label.split(' ')[0]!);
}

describe('a convolution by 3×3', () => {
  it.each([
    [256, 64],
    [128, 128],
  ])('of %i channels and %i×%i positions is by minimal filtering, in three dispatches', (channels, size) => {
    expect(kernelsOf(channels, size, LARGE)).toEqual(new Array(3).fill('conv.winograd'));
  });

  it.each([
    [8, 128],
    [32, 16],
  ])('of few channels or positions is not: %i, %i×%i', (channels, size) => {
    expect(kernelsOf(channels, size, LARGE)).toEqual(['conv.staged']);
  });

  it('is not where its tiles are larger than bindings are', () => {
    const limits = { ...LARGE.limits, maxStorageBufferBindingSize: 2 ** 25 };
    expect(kernelsOf(128, 256, { ...LARGE, limits })).not.toContain('conv.winograd');
  });

  it('is plain for a software adapter', () => {
    expect(kernelsOf(64, 32, SOFTWARE)).toEqual(['conv.direct']);
  });
});

describe('a transposed convolution', () => {
  it('goes through workgroup memory, but on a software adapter', () => {
    expect(kernelsOf(64, 32, LARGE, 'ConvTranspose')).toEqual(['conv-transpose.staged']);
    expect(kernelsOf(64, 32, SOFTWARE, 'ConvTranspose')).toEqual(['conv-transpose.direct']);
  });
});
