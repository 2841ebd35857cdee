// Each calibrator beside a plain implementation that looks at all elements, sorts them and counts them in loops.

import { describe, expect, it } from 'vitest';
import type { Target } from '../../scheme/index.ts';
import { randomNormal, randomUniform } from '../../testing/random.ts';
import { Observer } from '../observer.ts';
import { standardCalibrators } from './index.ts';

/** Samples of tensors as networks have them. */
const DATA: Readonly<Record<string, () => Float32Array[]>> = {
  normal: () => samples(1, 8, 4000, (normal) => normal()),
  rectified: () => samples(2, 8, 4000, (normal) => Math.max(0, normal() + 0.2)),
  'heavy tails': () => samples(3, 8, 4000, (normal) => normal() ** 5),
  'rare outliers': () => samples(4, 4, 20000, (normal, uniform) => (uniform() < 0.0005 ? 200 * normal() : normal())),
  clipped: () => samples(5, 4, 5000, (normal) => Math.min(6, Math.max(0, 4 * normal()))),
  'all below 0': () => samples(6, 4, 3000, (normal) => -0.5 - Math.abs(normal())),
  tiny: () => samples(7, 3, 3000, (normal) => normal() * 1e-20),
  'growing samples': () => samples(8, 12, 2000, (normal, _, i) => normal() * 1.7 ** i),
  'few elements': () => samples(9, 1, 7, (normal) => normal()),
};

type Draw = (normal: () => number, uniform: () => number, sample: number) => number;

function samples(seed: number, count: number, length: number, draw: Draw): Float32Array[] {
  const [normal, uniform] = [randomNormal(seed), randomUniform(seed + 100)];
  return Array.from({ length: count }, (_, i) => Float32Array.from({ length }, () => draw(normal, uniform, i)));
}

const TARGETS: readonly Target[] = [
  { type: 'int8', symmetric: true },
  { type: 'uint8', symmetric: false },
  { type: 'int4', symmetric: true },
];

type Plain = (samples: readonly Float32Array[], target: Target) => readonly [min: number, max: number];

const all = (parts: readonly Float32Array[]) => parts.flatMap((part) => Array.from(part));
const ends = (values: readonly number[]): [number, number] => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
];

/** What a number becomes: divided, rounded (halves to even), kept within the codes, multiplied again. */
function fakeQuantize(x: number, [min, max]: readonly [number, number], { type, symmetric }: Target): number {
  const [low, high] = { int8: [-128, 127], uint8: [0, 255], int4: [-8, 7] }[type as 'int8'] as [number, number];
  const [from, to] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = Math.fround(symmetric ? Math.max(-from, to) / high : (to - from) / (high - low));
  const zero = symmetric ? 0 : Math.min(high, Math.max(low, Math.round(low - from / scale)));
  const quotient = Math.fround(x / scale);
  const down = Math.floor(quotient);
  const half = quotient - down;
  const whole = half > 0.5 || (half === 0.5 && down % 2 !== 0) ? down + 1 : down;
  return (Math.min(high, Math.max(low, whole + zero)) - zero) * scale;
}

/** The algorithm of the talk, on counts that are made in two passes. */
function plainEntropy(values: readonly number[], levels: number): number {
  const largest = Math.max(...ends(values.map(Math.abs)));
  const width = 2 ** (Math.floor(Math.log2(largest)) + 1) / 2048;
  const bins = new Array<number>(2048).fill(0);
  for (const x of values) bins[Math.floor(Math.abs(x) / width)]!++;
  bins[0] = bins[1]!;
  const smooth = (counts: number[]) => {
    const empty = counts.filter((count) => count === 0).length;
    const taken = empty === counts.length ? 0 : (1e-4 * empty) / (counts.length - empty);
    return counts.map((count) => (count === 0 ? 1e-4 : count - taken));
  };
  const normal = (counts: number[]) => {
    const sum = counts.reduce((a, b) => a + b, 0);
    return counts.map((count) => count / sum);
  };
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let kept = levels; kept <= 2048; kept++) {
    if (kept > levels && bins.slice(kept - 1).every((count) => count === 0)) break;
    const p = bins.slice(0, kept);
    p[kept - 1]! += bins.slice(kept).reduce((a, b) => a + b, 0);
    const q = new Array<number>(kept).fill(0);
    for (let level = 0; level < levels; level++) {
      const filled: number[] = [];
      for (let i = Math.floor((level * kept) / levels); i < Math.floor(((level + 1) * kept) / levels); i++)
        if (bins[i]! > 0) filled.push(i);
      const mean = filled.reduce((sum, i) => sum + bins[i]!, 0) / filled.length;
      for (const i of filled) q[i] = mean;
    }
    const [P, Q] = [normal(smooth(p)), normal(smooth(q))];
    const divergence = P.reduce((sum, x, i) => sum + x * Math.log(x / Q[i]!), 0);
    if (divergence <= least) [best, least] = [kept, divergence];
  }
  return best * width;
}

const PLAIN: Readonly<Record<string, Plain>> = {
  'min-max': (parts) => ends(all(parts)),
  'moving-average': (parts) => {
    const ranges = parts.map((part) => ends(Array.from(part)));
    return [0, 1].map((end) =>
      ranges.slice(1).reduce((mean, range) => 0.99 * mean + 0.01 * range[end]!, ranges[0]![end]!),
    ) as [number, number];
  },
  percentile: (parts, { symmetric }) => {
    const sorted = all(parts).sort((a, b) => a - b);
    const share = 99.99 / 100;
    const at = (list: readonly number[], share: number) => list[Math.max(1, Math.ceil(share * list.length)) - 1]!;
    if (!symmetric) return [at(sorted, (1 - share) / 2), at(sorted, 1 - (1 - share) / 2)];
    const reach = at(
      sorted.map(Math.abs).sort((a, b) => a - b),
      share,
    );
    return [
      Math.max(sorted[0]!, Math.min(sorted.at(-1)!, -reach)),
      Math.max(sorted[0]!, Math.min(sorted.at(-1)!, reach)),
    ];
  },
  entropy: (parts, { type, symmetric }) => {
    const values = all(parts);
    const [min, max] = ends(values);
    const oneSided = !symmetric && (min >= 0 || max <= 0);
    const codes = type === 'int4' ? 16 : 256;
    const reach = plainEntropy(values, oneSided ? codes : codes / 2);
    return [Math.max(min, -reach), Math.min(max, reach)];
  },
  'mean-square-error': (parts, target) => {
    const values = all(parts);
    const [min, max] = ends(values);
    let [best, least]: [[number, number], number] = [[min, max], Number.POSITIVE_INFINITY];
    for (let part = 128; part >= 1; part--) {
      const range: [number, number] = [(min * part) / 128, (max * part) / 128];
      const error = values.reduce((sum, x) => sum + (fakeQuantize(x, range, target) - x) ** 2, 0);
      if (error < least) [best, least] = [range, error];
    }
    return best;
  },
};

it('has a plain implementation of each calibrator', () => {
  expect(Object.keys(PLAIN)).toEqual(standardCalibrators.names);
});

describe.each(Object.keys(PLAIN))('%s', (name) => {
  it.each(Object.keys(DATA))('gives the thresholds of a plain implementation: %s', (data) => {
    const parts = DATA[data]!();
    const seen = new Observer();
    for (const part of parts) seen.add(part);
    for (const target of TARGETS) {
      const { min, max } = standardCalibrators.get(name).range(seen, target);
      const expected = PLAIN[name]!(parts, target);
      for (const [end, wanted] of [
        [min, expected[0]],
        [max, expected[1]],
      ] as const)
        expect(Math.abs(end - wanted), `${target.type}: ${end} for ${wanted}`).toBeLessThanOrEqual(
          1e-4 * Math.abs(wanted),
        );
    }
  });

  it.each([
    ['zeros', [0, 0, 0, 0]],
    ['a constant', [3, 3, 3, 3]],
    ['one element', [-2]],
    ['none', []],
  ])('takes %s', (_, values) => {
    const seen = new Observer();
    seen.add(Float32Array.from(values));
    for (const target of TARGETS) {
      const { min, max } = standardCalibrators.get(name).range(seen, target);
      expect([min, max].every(Number.isFinite) && min <= max).toBe(true);
      expect(min).toBeGreaterThanOrEqual(Math.min(0, ...values));
      expect(max).toBeLessThanOrEqual(Math.max(0, ...values));
    }
  });
});

it('refuses names that nobody has, and takes others', () => {
  expect(() => standardCalibrators.get('best')).toThrow(/CALIBRATOR_UNKNOWN.*best.*min-max/s);
  const own = { name: 'unit', summary: 'one', range: () => ({ min: -1, max: 1 }) };
  expect(standardCalibrators.with([own]).get('unit')).toBe(own);
});
