// Post-training quantization to 8 bits: explicit QuantizeLinear and DequantizeLinear around contractions, with ranges from
// samples.

import { cloneGraph, type Graph, type Tensors, verify } from '@trtx/ir';
import { calibrate, type MakeRunner } from '../calibration/calibrate.ts';
import type { Calibrators } from '../calibration/calibrator.ts';
import { standardCalibrators } from '../calibration/calibrators/index.ts';
import type { Progress } from '../calibration/progress.ts';
import type { Samples } from '../calibration/sample.ts';
import { constantBytes } from '../report/bytes.ts';
import { compareLayers } from '../report/compare.ts';
import { type QuantizationReport, REPORT_VERSION } from '../report/report.ts';
import { checkScheme } from '../scheme/scheme.ts';
import { applyInt8 } from './apply.ts';
import { chooseRange } from './choose.ts';
import { type PlaceOptions, placeInt8 } from './place.ts';

export interface Int8Options extends PlaceOptions {
  /** Codes of activations: int8 with zero points by default. Weights are symmetric int8, with a scale for each channel. */
  readonly activations?: { readonly type: 'int8' | 'uint8'; readonly symmetric: boolean };
  /** The calibrator's name, or that of each tensor's; `DEFAULT_CALIBRATOR` where there is none. */
  readonly calibrator?: string | ((tensor: string) => string | undefined);
  /** Those that there are; `standardCalibrators` by default. */
  readonly calibrators?: Calibrators;
  /** What runs the samples: the reference by default. */
  readonly runner?: MakeRunner;
  /** How many samples there are, for the remaining time. */
  readonly total?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** So many of the first samples are run again to compare each layer with what it was; 4. */
  readonly compared?: number;
}

export const DEFAULT_CALIBRATOR = 'mean-square-error';

/**
 * Quantizes contractions with constant weights and what they read, in place (`cloneGraph` copies a graph first). Inputs and
 * outputs keep their types; every other type is told by the graph, none is left to who builds it.
 * @throws TrtxError as `calibrate` for samples that will not do; QUANT_UNKNOWN for a name in `keep` that nothing has;
 *   CALIBRATOR_UNKNOWN; QUANT_NAN for weights that are no finite numbers
 */
export async function quantizeInt8(
  graph: Graph,
  samples: Samples,
  options: Int8Options = {},
): Promise<QuantizationReport> {
  const { activations: target = { type: 'int8', symmetric: false }, calibrators = standardCalibrators } = options;
  const { calibrator, runner, compared = 4 } = options;
  checkScheme({ ...target, granularity: { kind: 'tensor' } }, []);
  if (typeof calibrator === 'string') calibrators.get(calibrator);
  const placement = placeInt8(graph, options);
  const before = { bytes: constantBytes(graph), graph: cloneGraph(graph) };
  const first: Tensors[] = [];
  const tensors = placement.groups.flatMap((points) => points.map(({ value }) => value.name));
  const observers = await calibrate(graph, keepFirst(samples, first, compared), { ...options, tensors });
  const choose = (tensor: string) => {
    const asked = typeof calibrator === 'function' ? calibrator(tensor) : calibrator;
    return asked === undefined
      ? { calibrator: DEFAULT_CALIBRATOR, why: 'the default' }
      : { calibrator: asked, why: 'asked for' };
  };
  const activations = placement.groups.map((points) => chooseRange(points, observers, { calibrators, choose, target }));
  const chosen = placement.groups.map((points, i) => ({ points, parameters: activations[i]! }));
  const weights = applyInt8(graph, placement, chosen, target);
  verify(graph);
  const nodes = placement.anchors.map(({ node }) => node.name);
  return {
    version: REPORT_VERSION,
    kind: 'int8',
    bytes: { before: before.bytes, after: constantBytes(graph) },
    weights,
    activations,
    layers: await compareLayers(before.graph, graph, first, { nodes, runner }),
    kept: placement.kept,
  };
}

/** The samples as they come, of which the first few are kept. */
async function* keepFirst(samples: Samples, kept: Tensors[], count: number): AsyncIterable<Tensors> {
  for await (const sample of samples) {
    if (kept.length < count) kept.push(sample);
    yield sample;
  }
}
