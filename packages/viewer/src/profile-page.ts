// The page of a plan, with what its dispatches cost where that was measured.

import { profileScript, styles } from './client.generated.ts';
import { drawPlan, firstLayerNode } from './draw-plan.ts';
import { layoutDrawing } from './layout/layout.ts';
import { htmlPage } from './page.ts';
import type { PlanPageData } from './page-data.ts';
import type { ShownPlan, ShownProfile } from './shown-plan.ts';

export interface ProfilePageOptions {
  readonly title: string;
  readonly plan: ShownPlan;
  /** Without it, bars are by bytes, and there is no roofline. */
  readonly profile?: ShownProfile;
  /** What readers have to know first, besides the notes of the profile. */
  readonly notes?: readonly string[];
}

/** The page as one HTML text, which needs nothing else: no file, no server, no network. The same input gives the same text. */
export function profilePage({ title, plan, profile, notes = [] }: ProfilePageOptions): string {
  const { categories, drawings } = drawPlan(title, plan, profile);
  const data: PlanPageData = {
    title,
    graphs: [
      {
        label: 'Plan',
        categories,
        drawings: drawings.map((drawing) => ({ ...drawing, placed: layoutDrawing(drawing) })),
      },
    ],
    notes: [...notes, ...(profile?.notes ?? []).map(({ text }) => text)],
    firstLayer: firstLayerNode(plan),
    layers: plan.layers.map(({ flops, bytesRead, bytesWritten, module }, i) => {
      const { ms, calls = 1, share = 0, roof } = profile?.dispatches[i] ?? {};
      const bytes =
        bytesRead === undefined && bytesWritten === undefined ? undefined : (bytesRead ?? 0) + (bytesWritten ?? 0);
      return {
        module,
        share,
        ...(ms === undefined ? {} : { ms }),
        ...(flops === undefined ? {} : { flops: flops * calls }),
        ...(bytes === undefined ? {} : { bytes: bytes * calls }),
        ...(roof ? { roof } : {}),
      };
    }),
    ...(profile ? { runs: runsOf(profile) } : {}),
    ...(profile?.peak ? { peak: profile.peak } : {}),
    hostNodes: plan.hostNodes,
    arenas: plan.arenas,
    memory: plan.memory,
    modules: plan.modules,
  };
  return htmlPage({ title, script: profileScript, styles, data });
}

function runsOf({ runs, mode, coverage, whole }: ShownProfile): PlanPageData['runs'] {
  return { count: runs, mode, coverage, ...(whole.ms === undefined ? {} : { ms: whole.ms }) };
}
