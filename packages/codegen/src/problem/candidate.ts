// A tactic as a dispatch of its own, to be timed: its shader, how large the buffers are that it binds and what they hold,
// but no contents, which times do not depend on. Constants need not be packed for it.

import { type BindingKind, type StorageType, storageBytes } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type Dim, type DType, product, type Value } from '@trtx/ir';
import { type Proof, proofFor } from '../bounds/proof.ts';
import { type EmittedStage, stagesOf } from '../emitted.ts';
import { Emitter } from '../emitter.ts';
import type { Group } from '../group/group.ts';
import { partBytes } from '../memory/parts.ts';
import type { Slot } from '../slot.ts';
import { storageOf } from '../storage.ts';
import type { Tactic } from '../tactics.ts';
import type { Target } from '../target.ts';
import { atTypicalSizes } from '../typical.ts';
import type { ProblemMemory } from './key.ts';

export interface CandidateBinding {
  readonly kind: BindingKind;
  /** Number of what it binds: bindings of all stages with one number are one memory, which makes them wait for each other. */
  readonly memory: number;
  /** A multiple of 16. */
  readonly bytes: number;
  /** What its elements are, and how they lie. */
  readonly dtype: DType;
  readonly storage: StorageType;
  /** Whether the dispatch writes to it. */
  readonly isWritten: boolean;
  /** Whether it holds a constant of the engine. */
  readonly isConstant: boolean;
}

/** Dispatches, one after the other. */
export interface Candidate {
  readonly stages: readonly CandidateStage[];
}

/** A dispatch; its entry point is `main`. */
export interface CandidateStage {
  readonly wgsl: string;
  /** In order of binding number. */
  readonly bindings: readonly CandidateBinding[];
  /** Words of the uniform buffer that is bound after them; none without dynamic sizes. */
  readonly params: readonly number[];
  readonly workgroups: number;
}

/**
 * Writes a tactic's shader. Dynamic sizes are typical ones.
 * @throws TrtxError OUT_OF_BOUNDS where it may read or write out of bounds, and the device does not check
 */
export function candidateOf(
  group: Group,
  tactic: Tactic,
  { memory, target }: { readonly memory: ProblemMemory; readonly target: Target },
): Candidate {
  const { grouping, storages } = memory;
  const emitter = new Emitter(group, grouping, storages, target);
  const problem = { group, grouping, target, formats: tactic.formats };
  const launch = tactic.kernel.emit(emitter, problem, tactic.params);
  const written = new Set(group.results.map((result) => emitter.view(result).storage));
  const memories: { readonly of: unknown; readonly part: number }[] = [];
  const numberOf = (slot: Slot): number => {
    const of = boundBy(slot);
    const known = memories.findIndex((one) => one.of === of && one.part === slot.part);
    return known < 0 ? memories.push({ of, part: slot.part }) - 1 : known;
  };
  const textOf = target.unchecked ? secured(proofFor(target), tactic) : ({ wgsl }: EmittedStage) => wgsl;
  const stages = stagesOf(emitter, launch).map((stage): CandidateStage => {
    const { shader, slots } = stage.emitter;
    return {
      wgsl: textOf(stage),
      bindings: shader.bindings.map(({ kind }, i) => {
        const slot = slots[i]!;
        return { kind, memory: numberOf(slot), ...slotMemory(slot, memory, written) };
      }),
      params: shader.params.map(wordOf),
      workgroups: wordOf(stage.launch.workgroups),
    };
  });
  return { stages };
}

function secured(proof: Proof, { kernel }: Tactic): (stage: EmittedStage) => string {
  return (stage) => {
    const { wgsl, bounds } = proof(stage);
    if (bounds !== 'open') return wgsl;
    throw new TrtxError('OUT_OF_BOUNDS', 'its shader may read or write out of bounds', { kernel: kernel.id });
  };
}

/** What tells memories apart. */
function boundBy(slot: Slot): unknown {
  if (slot.kind === 'status') return slot.kind;
  return slot.kind === 'packed' ? slot.packed.key : slot.value;
}

function slotMemory(
  slot: Slot,
  { storages, limits }: ProblemMemory,
  written: ReadonlySet<Value>,
): Omit<CandidateBinding, 'kind' | 'memory'> {
  if (slot.kind === 'status') {
    return { bytes: 16, dtype: 'uint32', storage: 'u32', isWritten: true, isConstant: false };
  }
  const { part } = slot;
  const [dtype, storage, all] =
    slot.kind === 'packed'
      ? ([slot.packed.dtype, storageOf(slot.packed.dtype)!, slot.packed.size] as const)
      : ([slot.value.type.dtype, storages(slot.value), bytesOf(slot.value, storages)] as const);
  const own = Math.min(all - part * partBytes(limits), partBytes(limits));
  const isWritten = slot.kind === 'scratch' || (slot.kind === 'value' && written.has(slot.value));
  const isConstant = slot.kind === 'packed' || slot.value.constant !== null;
  return { bytes: Math.max(Math.ceil(own / 16) * 16, 16), dtype, storage, isWritten, isConstant };
}

function bytesOf(value: Value, storages: ProblemMemory['storages']): number {
  return storageBytes(storages(value), wordOf(product(value.type.shape)));
}

/** A word of a dispatch, with the others at the same sizes. */
function wordOf(dim: Dim): number {
  return Math.max(0, atTypicalSizes(dim));
}
