// What a loop gives of all its iterations: each time a slice, one after the other along a new first axis. Slices that are
// on the GPU stay there where their size is known and the same for all; others are collected on the host.
import { type DataSymbol, type PlanMove, storageBits } from '@trtx/engine';
import { quote } from '@trtx/errors';
import type { Place } from './places.ts';
import type { Refuse, RunState, Setting } from './run-state.ts';
import { concatData, elements, type HostData } from './tensors.ts';

export class Stack {
  readonly #state: RunState;
  readonly #move: PlanMove;
  readonly #refuse: Refuse;
  /** Where slices of so many bytes are copied on the GPU, and how many there is room for. */
  readonly #gpu: { readonly place: Place; readonly bytes: number; readonly room: number } | undefined;
  /** Dims of each slice, once they are known. */
  #dims: readonly number[] | undefined;
  readonly #parts: HostData[] = [];
  #count = 0;

  /** At the loop's beginning. */
  constructor(state: RunState, move: PlanMove, refuse: Refuse) {
    this.#state = state;
    this.#move = move;
    this.#refuse = refuse;
    const { program, shape } = state;
    const { gpu, shape: sizes } = program.plan.values![move.to]!;
    const [first, ...rest] = sizes.map(shape.sizeOf);
    if (!gpu || !state.place(move.from) || state.comesToHost(move) || rest.some(Number.isNaN)) return;
    const bytes = (elements(rest) * storageBits(gpu.storage)) / 8;
    const told = program.symbolsOf[move.to]!.map((k) => program.plan.symbols[k] as DataSymbol);
    const room = Number.isNaN(first) ? told.find((symbol) => 'axis' in symbol && symbol.axis === 0)?.max : first;
    if (room === undefined || bytes % 4 !== 0) return;
    this.#gpu = { place: gpu, bytes, room };
    this.#dims = rest;
  }

  /** The values that the host has to have before `add`. */
  get reads(): readonly number[] {
    return this.#gpu ? [] : [this.#move.from];
  }

  /** Takes the slice of an iteration that is done. */
  async add(): Promise<void> {
    const { from, to } = this.#move;
    const dims = this.#state.dims(from);
    const { name } = this.#state.program.plan.values![to]!;
    const k = this.#count++;
    this.#dims ??= dims;
    if (dims.some((dim, axis) => dim !== this.#dims![axis])) {
      throw this.#refuse('TENSOR_SHAPE', `[${dims}] for ${quote(name)}, of slices of [${this.#dims}]`, name);
    }
    if (!this.#gpu) {
      this.#parts.push(this.#state.value(from).data);
      return;
    }
    const { place, bytes, room } = this.#gpu;
    if (k >= room) throw this.#refuse('SHAPE_OUT_OF_PROFILE', `more than ${room} slices for ${quote(name)}`, name);
    const { buffer, offset } = place;
    await this.#state.commands.copy(this.#state.place(from)!, { buffer, offset: offset + k * bytes }, bytes);
  }

  /** What all slices make. */
  finish(): Setting {
    const { from, to } = this.#move;
    const { values } = this.#state.program.plan;
    const slice = this.#dims ?? values![from]!.shape.map((size) => this.#state.shape.sizeOf(size) || 0);
    const dims = [this.#count, ...slice];
    if (this.#gpu) return { to, dims, place: this.#gpu.place };
    return { to, dims, data: concatData(values![to]!.dtype, elements(dims), this.#parts) };
  }
}
