// What the scripts of pages find in them.

import type { Drawing } from './drawing.ts';
import type { History } from './history.ts';
import type { Placed } from './placed.ts';
import type { ShownPeak, ShownRange } from './shown-plan.ts';

export interface PageData {
  readonly title: string;
  /** One graph, or the graph before and the graph after. */
  readonly graphs: readonly PageGraph[];
  /** From the first graph to the last. */
  readonly history?: History;
}

export interface PageGraph {
  readonly label: string;
  readonly categories: readonly string[];
  readonly drawings: readonly PageDrawing[];
}

export interface PageDrawing extends Drawing {
  readonly placed: Placed;
}

/** Of a page of a plan: its graph is the plan, whose nodes from `firstLayer` on are the layers. */
export interface PlanPageData extends PageData {
  readonly notes: readonly string[];
  readonly firstLayer: number;
  readonly layers: readonly PageLayer[];
  /** Absent where nothing was measured. */
  readonly runs?: {
    readonly count: number;
    readonly mode: 'inside' | 'apart';
    readonly coverage: number;
    readonly ms?: number;
  };
  readonly peak?: ShownPeak;
  readonly hostNodes: readonly string[];
  readonly arenas: readonly number[];
  readonly memory: readonly ShownRange[];
  readonly modules: readonly string[];
}

/** A dispatch in a run, over all its calls. */
export interface PageLayer {
  readonly module: number;
  readonly share: number;
  readonly ms?: number;
  readonly flops?: number;
  /** Read and written. */
  readonly bytes?: number;
  readonly roof?: { readonly ms: number; readonly bound: 'compute' | 'memory' };
}
