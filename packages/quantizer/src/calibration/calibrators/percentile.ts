// Leaves out the outermost elements.

import { defineCalibrator } from '../calibrator.ts';
import { quantile } from '../histogram.ts';

/**
 * The range that so many percent of the elements are in: by magnitude for symmetric targets; else as many are left out on
 * either side, as in ONNX Runtime's PercentileCalibrater. Ranks are exact, values to one part in 16,384.
 */
export function percentile(percent = 99.99, name = 'percentile') {
  const share = percent / 100;
  return defineCalibrator({
    name,
    summary: `where ${percent} % of the elements are`,
    range({ histogram, range }, { symmetric }) {
      const within = (value: number) => Math.max(range.min, Math.min(range.max, value));
      if (symmetric) {
        const reach = quantile(histogram.magnitudes(), share);
        return { min: within(-reach), max: within(reach) };
      }
      const buckets = histogram.signed();
      const cut = (1 - share) / 2;
      return { min: within(quantile(buckets, cut)), max: within(quantile(buckets, 1 - cut)) };
    },
  });
}
