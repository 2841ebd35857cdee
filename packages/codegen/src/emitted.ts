// What a group is once its kernel has written it.

import type { Emitter } from './emitter.ts';
import type { Group } from './group/group.ts';
import type { Launch, Stage } from './kernel.ts';
import type { Tactic } from './tactics.ts';

/** A group with its kernel's shader. */
export interface Emitted {
  readonly group: Group;
  readonly tactic: Tactic;
  /** All that it was chosen from, the best first. */
  readonly tactics: readonly Tactic[];
  /** The key of what it computes; absent where nothing was measured. */
  readonly problem: string | undefined;
  /** The dispatches that compute it, in order; the last one stores the results. */
  readonly stages: readonly EmittedStage[];
}

export interface EmittedStage extends Stage {
  readonly wgsl: string;
}

/** The stages of a kernel's launch. */
export function stagesOf(emitter: Emitter, launch: Launch): readonly EmittedStage[] {
  const wgsl = emitter.shader.print(launch.workgroupSize);
  const before = launch.before ? stagesOf(launch.before.emitter, launch.before.launch) : [];
  return [...before, { emitter, launch, wgsl }];
}
