// What an engine does, in numbers, without a device: for reports, budgets in CI and `trtx inspect`.

import type { Dispatch, HostNode, Plan, PlanTensor, Requirements, Step } from './plan.ts';
import { profileNames, profilesOf } from './profiles.ts';
import { parseEngine } from './read.ts';
import { dispatchesOf, walkSteps } from './steps.ts';
import type { ExprNode, Size, SourceType, StorageType } from './terms.ts';

export interface TensorSummary {
  readonly name: string;
  readonly dtype: SourceType;
  /** `host` where only the host has it. */
  readonly storage: StorageType | 'host';
  /** `[1, 3, H, W]`; a free dimension by its name, one that depends on others as an expression. */
  readonly shape: string;
}

/** What a run in one optimization profile does. */
export interface ProfileSummary {
  /** Of these and all steps: as the plan has them, however often a run does each. */
  readonly dispatches: number;
  readonly copies: number;
  /** Nodes that the host computes at each run, of `hostNodes`. */
  readonly hostSteps: number;
  readonly branches: number;
  readonly loops: number;
  /** Different kernels among the dispatches: the first words of their labels. */
  readonly kernels: readonly string[];
  /** Bytes of all buffers for intermediates. */
  readonly arenaBytes: number;
  /** The least that `arenaBytes` could be: see `Plan.liveBytesPeak`. */
  readonly liveBytesPeak: number;
  readonly hostNodes: readonly HostNode[];
  readonly requires: Requirements;
  /** As `Plan.inBounds`. */
  readonly inBounds: boolean;
  /** Kernels among the dispatches that may read or write out of bounds on a device that does not check. */
  readonly openKernels: readonly string[];
  readonly symbols: readonly { name: string; min: number; max: number; multipleOf: number }[];
  readonly inputs: readonly TensorSummary[];
  readonly outputs: readonly TensorSummary[];
}

/** Of an engine of several profiles: what it has as a whole, with what its first profile does. */
export interface EngineSummary extends ProfileSummary {
  readonly name: string;
  /** Absent when only the plan is at hand. */
  readonly builder?: string;
  /** Bytes of the engine file; absent when only the plan is at hand. */
  readonly fileBytes?: number;
  readonly pipelines: number;
  readonly weightBytes: number;
  /** All optimization profiles in order, the first one among them, by name or else number; absent where there is one. */
  readonly profiles?: readonly (ProfileSummary & { readonly name: string })[];
}

/** Sums up an engine file (which is checked as a whole; errors as `parseEngine`) or a plan. The result is plain JSON. */
export function inspectEngine(engine: Uint8Array | Plan): EngineSummary {
  if (!(engine instanceof Uint8Array)) return summarize(engine);
  const { header, plan } = parseEngine(engine);
  return { ...summarize(plan), builder: header.builder, fileBytes: header.fileBytes };
}

function summarize(plan: Plan): EngineSummary {
  const { name, pipelines, buffers } = plan;
  const plans = profilesOf(plan);
  const names = profileNames(plans);
  return {
    name,
    pipelines: pipelines.length,
    weightBytes: bytesOf(buffers, 'weights'),
    ...summarizeProfile(plan),
    ...(plan.profiles ? { profiles: plans.map((one, i) => ({ name: names[i]!, ...summarizeProfile(one) })) } : {}),
  };
}

function summarizeProfile(plan: Plan): ProfileSummary {
  const steps = [...walkSteps(plan.steps)];
  const dispatches = [...dispatchesOf(plan.steps)];
  const count = (kind: Step['kind']) => steps.filter((step) => step.kind === kind).length;
  const texts = exprTexts(plan);
  const tensor = ({ name, dtype, storage, shape }: PlanTensor): TensorSummary => {
    const dims = shape.map((dim) => sizeText(dim, texts));
    return { name, dtype, storage: storage ?? 'host', shape: `[${dims.join(', ')}]` };
  };
  return {
    dispatches: dispatches.length,
    copies: count('copy'),
    hostSteps: count('host'),
    branches: count('if'),
    loops: count('loop'),
    kernels: kernelsOf(dispatches),
    arenaBytes: bytesOf(plan.buffers, 'arena'),
    liveBytesPeak: plan.liveBytesPeak,
    hostNodes: plan.hostNodes,
    requires: plan.requires,
    inBounds: plan.inBounds === true,
    openKernels: kernelsOf(dispatches.filter((_, i) => plan.work?.dispatches[i]?.bounds === 'open')),
    symbols: plan.symbols.map(({ name, min, max, multipleOf }) => ({ name, min, max, multipleOf })),
    inputs: plan.inputs.map(tensor),
    outputs: plan.outputs.map(tensor),
  };
}

function kernelsOf(dispatches: readonly Dispatch[]): string[] {
  return [...new Set(dispatches.map(({ label }) => kernelId(label)))].sort();
}

function bytesOf(buffers: Plan['buffers'], kind: string): number {
  return buffers.reduce((sum, buffer) => sum + (buffer.kind === kind ? buffer.bytes : 0), 0);
}

/** The kernel's id: what stands in a dispatch's label before the first space. */
export function kernelId(label: string): string {
  return label.split(' ', 1)[0]!;
}

function sizeText(size: Size, texts: readonly string[]): string {
  return typeof size === 'number' ? String(size) : texts[size.expr]!;
}

/** Every expression as text. One that would be long goes by its number: shared parts would make texts grow without end. */
function exprTexts({ exprs, symbols }: Plan): string[] {
  const texts: string[] = [];
  for (const [i, expr] of exprs.entries()) {
    const text = exprText(expr);
    texts.push(text.length > 60 ? `expr${i}` : text);
  }
  return texts;

  function exprText(expr: ExprNode): string {
    if (expr[0] === '#') return String(expr[1]);
    if (expr[0] === '$') {
      const { name, multipleOf } = symbols[expr[1]]!;
      return multipleOf === 1 ? name : `${name}/${multipleOf}`;
    }
    const [op, a, b] = expr;
    const whole = wholeSymbol(exprs[a]!, exprs[b]!);
    if (op === '*' && whole) return whole;
    if (op === 'min' || op === 'max') return `${op}(${texts[a]}, ${texts[b]})`;
    return `(${texts[a]} ${op} ${texts[b]})`;
  }

  /** A symbol counts in multiples, so its dimension is written as a product. */
  function wholeSymbol(a: ExprNode, b: ExprNode): string | undefined {
    if (a[0] === '#' && b[0] === '$') return wholeSymbol(b, a);
    if (a[0] !== '$' || b[0] !== '#') return undefined;
    const { name, multipleOf } = symbols[a[1]]!;
    return b[1] === multipleOf ? name : undefined;
  }
}
