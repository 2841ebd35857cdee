/** Where the time goes: per stage of a reading, how long it took, how much of it the networks ran, and on what shapes. */
import { type Progress, STAGES, type Stage } from './read.ts';
import type { Net, Nets } from './tensor.ts';

/** What a network did. */
export interface NetUse {
  runs: number;
  milliseconds: number;
  /** For each dim, the least and the greatest seen. */
  dims: { min: number; max: number }[];
}

export interface StageTime {
  stage: Stage;
  milliseconds: number;
  net?: NetUse;
}

export interface Stopwatch {
  /** The same networks, watched. */
  nets: Nets;
  /** To be told of every progress of the reading. */
  onProgress: (progress: Progress) => void;
  /** The stages so far, in the order of the pipeline. */
  times: () => StageTime[];
}

/** Measures one reading with the given networks. */
export function startStopwatch(nets: Nets): Stopwatch {
  const detector = watch(nets.detector);
  const classifier = watch(nets.classifier);
  const recognizer = watch(nets.recognizer);
  const uses: Partial<Record<Stage, NetUse>> = {
    detect: detector.use,
    classify: classifier.use,
    recognize: recognizer.use,
  };
  const starts = new Map<Stage, number>();
  const ends = new Map<Stage, number>();
  return {
    nets: { detector: detector.net, classifier: classifier.net, recognizer: recognizer.net },
    onProgress({ stage }) {
      const now = performance.now();
      if (!starts.has(stage)) starts.set(stage, now);
      ends.set(stage, now);
    },
    times: () =>
      STAGES.map((stage) => ({
        stage,
        milliseconds: (ends.get(stage) ?? 0) - (starts.get(stage) ?? 0),
        net: uses[stage],
      })),
  };
}

/** `1x3x48x320..992`: fixed dims as they are, others from least to greatest. */
export function shapeRange(dims: NetUse['dims']): string {
  return dims.map(({ min, max }) => (min === max ? `${min}` : `${min}..${max}`)).join('x');
}

function watch(net: Net): { net: Net; use: NetUse } {
  const use: NetUse = { runs: 0, milliseconds: 0, dims: [] };
  return {
    use,
    net: async (input) => {
      const start = performance.now();
      const output = await net(input);
      use.milliseconds += performance.now() - start;
      use.runs++;
      use.dims = input.dims.map((size, i) => {
        const { min, max } = use.dims[i] ?? { min: size, max: size };
        return { min: Math.min(min, size), max: Math.max(max, size) };
      });
      return output;
    },
  };
}
