// The threshold at which what is left of the distribution in few levels says most about it.

import { codesOf } from '../../scheme/codes.ts';
import { defineCalibrator } from '../calibrator.ts';

/** Bins of the distribution, as in TensorRT. */
export const ENTROPY_BINS = 2048;

/** What takes the place of nothing, so that divergences are finite. */
const EPSILON = 1e-4;

/**
 * The threshold on magnitudes with the least Kullback-Leibler divergence between the distribution, whatever is beyond counted
 * at the threshold, and the same in as many levels as there are codes: S. Migacz, "8-bit Inference with TensorRT", GTC 2017.
 * Empty bins get 10⁻⁴ of an element, as in ONNX Runtime's calibration, and the bin of 0 as many elements as the next one, as in
 * NVIDIA's pytorch-quantization: the zeros of a Relu would drive the threshold down.
 */
export const entropy = defineCalibrator({
  name: 'entropy',
  summary: 'least divergence of the distribution in 2,048 bins from itself in as many levels as codes',
  range({ histogram, range }, { type, symmetric }) {
    const { count } = codesOf(type);
    // Asymmetric codes have all their levels on one side where the elements are.
    const levels = symmetric || (range.min < 0 && range.max > 0) ? Math.ceil(count / 2) : count;
    const { width, counts } = histogram.bins(ENTROPY_BINS);
    // 0 has a code of its own: however many zeros there are says nothing of the levels.
    counts[0] = counts[1]!;
    const reach = leastDivergence(counts, levels) * width;
    return { min: Math.max(range.min, -reach), max: Math.min(range.max, reach) };
  },
});

/** How many of the first bins to keep. Of several that are as good, the most. */
export function leastDivergence(counts: Float64Array, levels: number): number {
  let filled = counts.length;
  while (filled > levels && counts[filled - 1] === 0) filled--;
  let beyond = 0;
  let [best, least] = [filled, Number.POSITIVE_INFINITY];
  for (let kept = filled; kept >= levels; kept--) {
    const reference = counts.slice(0, kept);
    const candidate = inLevels(reference, levels);
    reference[kept - 1]! += beyond;
    const divergence = divergenceOf(smooth(reference), smooth(candidate));
    if (divergence < least) [best, least] = [kept, divergence];
    beyond += counts[kept - 1]!;
  }
  return best;
}

/** The counts of each level, spread evenly over those of its bins that are not empty. */
function inLevels(counts: Float64Array, levels: number): Float64Array {
  const spread = new Float64Array(counts.length);
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((level * counts.length) / levels);
    const to = Math.floor(((level + 1) * counts.length) / levels);
    let [sum, filled] = [0, 0];
    for (let i = from; i < to; i++)
      if (counts[i]! > 0) {
        sum += counts[i]!;
        filled++;
      }
    for (let i = from; i < to; i++) if (counts[i]! > 0) spread[i] = sum / filled;
  }
  return spread;
}

/** Takes a little (less than a fifth of an element) from what is there for what is not; in place. */
function smooth(counts: Float64Array): Float64Array {
  let filled = 0;
  for (const count of counts) if (count > 0) filled++;
  const taken = filled === 0 ? 0 : (EPSILON * (counts.length - filled)) / filled;
  for (let i = 0; i < counts.length; i++) counts[i] = counts[i]! > 0 ? counts[i]! - taken : EPSILON;
  return counts;
}

/** Of distributions that are given as counts, none of them 0. */
function divergenceOf(p: Float64Array, q: Float64Array): number {
  let [allP, allQ] = [0, 0];
  for (let i = 0; i < p.length; i++) {
    allP += p[i]!;
    allQ += q[i]!;
  }
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i]! * Math.log((p[i]! * allQ) / (q[i]! * allP));
  return sum / allP;
}
