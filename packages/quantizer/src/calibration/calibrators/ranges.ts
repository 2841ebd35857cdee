// Calibrators that look at smallest and largest elements only.

import { defineCalibrator } from '../calibrator.ts';

export const minMax = defineCalibrator({
  name: 'min-max',
  summary: 'all that was seen',
  range: (seen) => seen.range,
});

/**
 * The ends of each sample's range, of which later samples move the average: m ← m + weight · (sample − m), from the first
 * sample on, as PyTorch's MovingAverageMinMaxObserver has it. It depends on the order of samples.
 */
export function movingAverage(weight = 0.01, name = 'moving-average') {
  return defineCalibrator({
    name,
    summary: `average of the samples' ranges, to which each adds ${weight}`,
    range({ samples: [first, ...rest] }) {
      let { min, max } = first ?? { min: 0, max: 0 };
      for (const sample of rest) {
        min += weight * (sample.min - min);
        max += weight * (sample.max - max);
      }
      return { min, max };
    },
  });
}
