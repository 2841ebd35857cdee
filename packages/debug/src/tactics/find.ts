// Which tactic is wrong: groups whose results depart are run one by one, each fed what the reference computes, so that one is
// wrong only where its own kernel is; then with every other tactic that it could have had.

import type { BuildOptions } from '@trtx/builder';
import type { Graph, Tensors } from '@trtx/ir';
import { type ReferenceKernels, hostOps as referenceOps } from '@trtx/reference';
import type { HostOps } from '@trtx/runtime';
import { type Tolerance, toleranceOf } from '../compare-tensors.ts';
import { type GroupRecord, sourceNodesOf } from './groups.ts';
import { type Bench, Piece, type TacticVerdict } from './piece.ts';
import { Whole } from './whole.ts';

export interface TacticsOptions
  extends Tolerance,
    Pick<BuildOptions, 'profile' | 'level' | 'plugins' | 'passes' | 'fp16' | 'onFloat16'> {
  readonly device: GPUDevice;
  /** The adapter's `info.isFallbackAdapter`. */
  readonly software?: boolean;
  /** Functions for what the host computes; the reference kernels by default. */
  readonly hostOps?: HostOps;
  /** The reference kernels, of plugins' ops too: those of @trtx and of `plugins` by default. */
  readonly kernels?: ReferenceKernels;
  /** How many tactics are tried for a group at the most, 12 by default: one of each kernel first, then other parameters. */
  readonly mostTactics?: number;
  readonly onProgress?: (done: number, total: number, label: string) => void;
}

/** A group whose kernel is wrong, whatever it is fed by others. */
export interface WrongGroup {
  /** Tensors that it gives. */
  readonly tensors: readonly string[];
  /** Nodes of the source model that it computes. */
  readonly nodes: readonly string[];
  /** Its number among the plan's dispatches. */
  readonly dispatch?: number;
  /** Tactics that were tried, the one that the build took first. */
  readonly tactics: readonly TacticVerdict[];
  /** How many departing groups run the same shader, this one included: the others were not tried. */
  readonly alike: number;
}

export interface TacticsReport {
  /** Groups of the engine, and those of which a result departs. */
  readonly groups: number;
  readonly departing: number;
  readonly wrong: readonly WrongGroup[];
  /** How many departing groups are right when they are fed what is right. */
  readonly right: number;
  /** Departing groups that could not be tried. */
  readonly untried: readonly { readonly nodes: readonly string[]; readonly reason: string }[];
  /** Tensors at which departing begins in the whole engine. */
  readonly departures: readonly string[];
}

/**
 * Finds the tactics that are wrong for the shapes of these inputs. The graph stays as it is.
 * @throws TrtxError as `build`, `Engine.load` and the reference
 */
export async function findWrongTactics(graph: Graph, inputs: Tensors, options: TacticsOptions): Promise<TacticsReport> {
  const { device, software = false, hostOps = referenceOps(), mostTactics = 12, onProgress } = options;
  const { plugins, profile, level, passes, fp16, onFloat16, kernels } = options;
  const bench: Bench = { device, software, hostOps, plugins, tolerance: toleranceOf(options) };
  const whole = await Whole.run(graph, inputs, { bench, profile, level, passes, fp16, onFloat16, kernels });
  try {
    const departing = whole.departing();
    const kinds = [...byShader(whole, departing)];
    const wrong: WrongGroup[] = [];
    const untried: { nodes: readonly string[]; reason: string }[] = [];
    let right = 0;
    for (const [i, [record, alike]] of kinds.entries()) {
      const show = (tactic: string) => onProgress?.(i, kinds.length, tactic);
      const piece = whole.pieceOf(record);
      const { nodes = sourceNodesOf(record.group), dispatch } = whole.makerOf(record) ?? {};
      const tactics = piece instanceof Piece ? await tryTactics(piece, record, bench, { mostTactics, show }) : piece;
      if (typeof tactics === 'string') untried.push({ nodes, reason: tactics });
      else if (tactics[0]!.verdict === 'right') right += alike;
      else
        wrong.push({
          tensors: record.group.results.map(({ name }) => name),
          nodes,
          ...(dispatch === undefined ? {} : { dispatch }),
          tactics,
          alike,
        });
    }
    const { departures } = whole.report;
    return { groups: whole.groups.length, departing: departing.length, wrong, right, untried, departures };
  } finally {
    await whole.dispose();
  }
}

/** One group of each shader, with how many there are. */
function byShader(whole: Whole, records: readonly GroupRecord[]): Map<GroupRecord, number> {
  const firsts = new Map<string, GroupRecord>();
  const counts = new Map<GroupRecord, number>();
  for (const record of records) {
    const shader = whole.shaderOf(record);
    const first = firsts.get(shader) ?? record;
    firsts.set(shader, first);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  return counts;
}

/** The tactic of the build, and the others where that is wrong; why it cannot be told, as a text. */
async function tryTactics(
  piece: Piece,
  { tactics, chosen }: GroupRecord,
  bench: Bench,
  { mostTactics, show }: { readonly mostTactics: number; readonly show: (tactic: string) => void },
): Promise<TacticVerdict[] | string> {
  show(chosen);
  const own = await piece.try(chosen, bench);
  if (own.verdict === 'failed') return own.reason!;
  const verdicts = [own];
  if (own.verdict === 'right') return verdicts;
  for (const tactic of byKernel(tactics, chosen).slice(0, mostTactics - 1)) {
    show(tactic);
    verdicts.push(await piece.try(tactic, bench));
  }
  return verdicts;
}

/** The tactics but one, the first of each kernel before its others. */
function byKernel(tactics: readonly string[], chosen: string): string[] {
  const kernelOf = (tactic: string) => tactic.split(' ')[0]!;
  const seen = new Set([kernelOf(chosen)]);
  const firsts: string[] = [];
  const rest: string[] = [];
  for (const tactic of tactics) {
    if (tactic === chosen) continue;
    (seen.has(kernelOf(tactic)) ? rest : firsts).push(tactic);
    seen.add(kernelOf(tactic));
  }
  return [...firsts, ...rest];
}
