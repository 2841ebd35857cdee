// The contract of a kernel: a way to compute one kind of group, in as many variants as its parameters have values.

import type { Dim, OpDef } from '@trtx/ir';
import type { Emitter } from './emitter.ts';
import type { FormatUse } from './format/format.ts';
import type { Group, Grouping } from './group/group.ts';
import type { SubgroupMatrix, SubgroupSizes, Target } from './target.ts';

/** Counts up where kernels that were written for the number before may no longer be right. */
export const KERNEL_API = 1;

/** What a kernel is asked to compute. */
export interface Problem {
  readonly group: Group;
  readonly grouping: Grouping;
  readonly target: Target;
}

/** A problem, and the formats that a tactic is to be for. */
export interface FormattedProblem extends Problem {
  readonly formats: FormatUse;
}

/** How many workgroups of which size run the kernel's shader. */
export interface Launch {
  /** Invocations of a workgroup. */
  readonly workgroupSize: number;
  /** Bytes of workgroup memory; none where it says nothing. */
  readonly workgroupBytes?: number;
  /** Number of workgroups. The shader finds its own as `group`, which can pass this number. */
  readonly workgroups: Dim;
  /** Sizes of subgroups that the shader is right for; all where it says nothing. */
  readonly subgroups?: SubgroupSizes;
  /** Products of subgroup matrices that the shader uses; none where it says nothing. */
  readonly matrices?: readonly SubgroupMatrix[];
  /** True of the one of several stages that does the arithmetic of the group, for reports; else it is the first. */
  readonly computes?: boolean;
  /** What has to run before, as a dispatch of its own: it leaves in scratch memory what this one reads. */
  readonly before?: Stage;
}

/** A shader of a kernel, and how it is started. */
export interface Stage {
  /** As `Emitter.stage` makes it. */
  readonly emitter: Emitter;
  readonly launch: Launch;
}

export interface Kernel<P = unknown> {
  /** Stable name, `conv.direct`; reports, timing caches and forced tactics use it. */
  readonly id: string;
  /** Counts up whenever the code that it emits changes for the same parameters. */
  readonly version: number;
  /** One line for the documentation. */
  readonly summary: string;
  /**
   * The ops whose groups it can anchor, by name or by what their definitions say; none for the kernel of groups without
   * an anchor.
   */
  readonly ops: readonly string[] | ((op: OpDef) => boolean);
  /**
   * True where an invocation stores whole words of the result, by `emitResult`, so that elements narrower than 32 bits
   * are stored packed. Otherwise each gets a word.
   */
  readonly ownsWords?: boolean;
  /**
   * The formats that it reads and writes well, to choose from; row-major where it says nothing. It must be right in all
   * others, but for the operands that it needs.
   */
  formats?(problem: Problem): readonly FormatUse[];
  /**
   * True where it finds out about results of 64 bits that 32 do not hold, and tells by `Emitter.overflow`. Without it such
   * nodes are the host's, unless they are pointwise: what is fused checks itself.
   */
  readonly checks?: boolean;
  /**
   * Inputs of its ops that it reads as they are where they are `codeMatrix`: no numbers are made of them in memory. Groups
   * with such operands are given to no other kernel.
   */
  readonly decodes?: readonly number[];
  /** True where it computes the problem rightly over the whole range of shapes. */
  applies(problem: Problem): boolean;
  /** The variants to choose from, at least one where the kernel applies. */
  params(problem: FormattedProblem): readonly P[];
  /** Estimated time, in any unit that all kernels of an op share. Smaller is better. */
  cost(problem: FormattedProblem, params: P): number;
  /** Writes the shader's body. */
  emit(emitter: Emitter, problem: FormattedProblem, params: P): Launch;
}

/** Types a kernel's parameters and forgets them, so that kernels of every kind fit into one list. */
export function defineKernel<P>(kernel: Kernel<P>): Kernel {
  return kernel as Kernel;
}
