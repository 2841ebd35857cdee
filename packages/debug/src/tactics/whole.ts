// The whole engine of a model and the reference on the very graph that its kernels were made for: which groups depart, and
// each as a piece of its own.

import { type BuildOptions, build, bytesOf, targetOf } from '@trtx/builder';
import { type Dispatch, dispatchesOf } from '@trtx/engine';
import { isTrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, type Tensors, type Value } from '@trtx/ir';
import { extensionsOf } from '@trtx/plugin';
import type { ReferenceKernels } from '@trtx/reference';
import { Engine } from '@trtx/runtime';
import { remembering } from '../compare/stages.ts';
import { compareValues, type ValuesReport } from '../compare/values.ts';
import type { Maker, Subject } from '../subject.ts';
import { engineSubject } from '../subjects/engine.ts';
import { referenceSubject } from '../subjects/reference.ts';
import { type GroupRecord, GroupRecorder, isIn, readsOf } from './groups.ts';
import { type Bench, Piece } from './piece.ts';

export interface WholeOptions extends Pick<BuildOptions, 'profile' | 'level' | 'passes' | 'fp16' | 'onFloat16'> {
  readonly bench: Bench;
  /** The reference kernels, of plugins' ops too; by default those of @trtx and of the bench's plugins. */
  readonly kernels?: ReferenceKernels;
}

export class Whole {
  readonly #stored: ReadonlySet<Value>;
  /** Nodes that the host computes at each run. */
  readonly #hosted: ReadonlySet<string>;
  readonly #dispatches: readonly Dispatch[];

  private constructor(
    /** As code generation left it. */
    private readonly graph: Graph,
    private readonly engine: Engine,
    private readonly subject: Subject,
    readonly groups: readonly GroupRecord[],
    /** All that the reference computes on the graph. */
    private readonly values: Tensors,
    readonly report: ValuesReport,
  ) {
    const { plan } = engine;
    this.#stored = new Set(groups.flatMap(({ group }) => group.results));
    this.#hosted = new Set(plan.hostNodes.flatMap(({ node, step }) => (step === undefined ? [] : [node])));
    this.#dispatches = [...dispatchesOf(plan.steps)];
  }

  /** Builds a copy of the graph, runs it and the reference, and compares. @throws TrtxError as `build`, `Engine.load`, the reference */
  static async run(source: Graph, inputs: Tensors, options: WholeOptions): Promise<Whole> {
    const { bench, kernels = extensionsOf(bench.plugins).reference, ...rest } = options;
    const { device, software, hostOps, plugins, tolerance } = bench;
    const graph = cloneGraph(source);
    const recorder = new GroupRecorder();
    const { file } = build(graph, { ...rest, plugins, target: targetOf(device, software), choose: recorder.choose });
    const engine = await Engine.load(bytesOf(file), { device, hostOps });
    try {
      const subject = engineSubject(engine);
      const reference = remembering(referenceSubject(graph, { kernels }));
      const report = await compareValues(subject, reference, inputs, { graph, ...tolerance });
      return new Whole(graph, engine, subject, recorder.groups, await reference.values(inputs), report);
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  }

  /** Groups of which a result departs, in data order. */
  departing(): GroupRecord[] {
    const astray = new Set(this.report.tensors.flatMap(({ ok, name }) => (ok ? [] : [name])));
    return this.groups.filter(({ group }) => group.results.some(({ name }) => astray.has(name)));
  }

  /** What tells whether groups run the same shader over the same number of workgroups. */
  shaderOf(record: GroupRecord): string {
    const maker = this.makerOf(record);
    const dispatch = maker && this.#dispatches[maker.dispatch]!;
    return dispatch ? JSON.stringify([dispatch.pipeline, dispatch.workgroups]) : record.group.results[0]!.name;
  }

  makerOf({ group }: GroupRecord): Maker | undefined {
    return this.subject.makerOf?.(group.results[0]!.name);
  }

  /** The group by itself; why that cannot be, as a text. */
  pieceOf({ group }: GroupRecord): Piece | string {
    if (!isIn(this.graph, group)) return 'it is in a body of control flow, which is not cut apart';
    const reads = readsOf(group, (value) => this.#stored.has(value) || this.#hosted.has(value.producer?.name ?? ''));
    const names = (values: readonly Value[]) => values.map(({ name }) => name);
    try {
      return Piece.of(this.graph, names(reads), names(group.results), this.values);
    } catch (error) {
      if (isTrtxError(error)) return `it cannot be cut out: ${error.summary}`;
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.engine.dispose();
  }
}
