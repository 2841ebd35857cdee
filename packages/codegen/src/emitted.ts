// What a group is once its kernel has written it.

import type { Emitter } from './emitter.ts';
import type { Group } from './group/group.ts';
import type { Launch } from './kernel.ts';
import type { Tactic } from './tactics.ts';

/** A group with its kernel's shader. */
export interface Emitted {
  readonly group: Group;
  readonly tactic: Tactic;
  /** All that it was chosen from, the best first. */
  readonly tactics: readonly Tactic[];
  /** The key of what it computes; absent where nothing was measured. */
  readonly problem: string | undefined;
  readonly emitter: Emitter;
  readonly launch: Launch;
  readonly wgsl: string;
}
