// trtx inspect --placement: where each node of a model is computed, and why.

import { buildPlan } from '@trtx/builder';
import { type Plan, parseEngine, placeNodes } from '@trtx/engine';
import type { Profile } from '@trtx/ir';
import { importOptions, type Plugin } from '@trtx/plugin';
import { readBytes } from '../files.ts';
import { isEngineFile, loadModel } from '../model.ts';
import { countPlaces, placementLines } from '../report/placement.ts';
import type { Session } from '../session.ts';
import type { ValueOptions } from '../values.ts';

export interface PlacementOptions extends ValueOptions {
  readonly profile: Profile | undefined;
  readonly level: 0 | 1 | 2 | 3;
  readonly int64: 'checked' | 'host';
  readonly plugins: readonly Plugin[];
}

/** An engine tells; a model is built for what every WebGPU device has, and nothing is written. */
export async function inspectPlacement(file: string, options: PlacementOptions, session: Session): Promise<void> {
  const plan = (await isEngineFile(file))
    ? parseEngine(await readBytes(file, session.log)).plan
    : await planOf(file, options, session);
  const nodes = placeNodes(plan);
  session.result({ kind: 'placement', file, ...countPlaces(nodes), nodes }, placementLines(nodes));
}

async function planOf(file: string, options: PlacementOptions, session: Session): Promise<Plan> {
  const { graph, nodes } = await loadModel(
    file,
    session.log,
    { profile: options.profile, ...importOptions(options.plugins) },
    options,
  );
  const { plan } = buildPlan(graph, {
    ...options,
    sourceNodes: nodes,
    logger: session.log,
    onProgress: ({ stage, done, total, label }) => session.progress.show(stage, done, total, label),
  });
  return plan;
}
