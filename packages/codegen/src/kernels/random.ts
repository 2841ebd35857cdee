// Random numbers of nodes that have a seed: the generator of the reference, whose numbers follow from their place alone.
// Without a seed each run has to draw others, which the host does.

import type { NodeView, Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { call } from '../wgsl/functions.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';

interface Drawn {
  op: string;
  id: string;
  summary: string;
  /** True where nothing is drawn, so that no seed is needed. */
  isCertain?(at: NodeView): boolean;
  /** Emits the result for element i, which `uniform(k)` draws the k-th number for. */
  draw(e: Emitter, problem: Problem, at: Position, uniform: (k: number) => string): string;
  /** Numbers that an element takes. */
  numbers?: number;
}

function defineRandom({ op, id, summary, isCertain, draw, numbers = 1 }: Drawn): Kernel {
  return defineKernel<null>({
    id,
    version: 1,
    summary,
    ops: [op],
    ownsWords: true,
    applies({ group }) {
      const at = group.anchor!.view();
      return at.has('seed') || isCertain?.(at) === true;
    },
    params: () => [null],
    cost: () => 1,
    emit(e, problem) {
      const { group } = problem;
      const at = group.anchor!.view();
      const seed = at.has('seed') ? new Uint32Array(Float32Array.of(at.float('seed')).buffer)[0]! : 0;
      return emitResult(e, group.accumulated.type.shape, (position) =>
        draw(e, problem, position, (k) => uniform(e, seed, ix.add(ix.mul(position.linear(e.shader), numbers), k))),
      );
    },
  });
}

/** Mulberry32, by Tommy Ettinger (public domain), whose state is a count. */
const DRAW = `fn draw(state: u32) -> u32 {
  var t = (state ^ (state >> 15u)) * (1u | state);
  t = (t + (t ^ (t >> 7u)) * (61u | t)) ^ t;
  return t ^ (t >> 14u);
}`;
const STEP = 0x6d2b79f5;

/** The n-th number from 0 up to but without 1. The reference takes two draws for its 53 bits; the first has the 24 here. */
function uniform(e: Emitter, seed: number, n: Ix): string {
  e.shader.global(DRAW);
  const count = ix.text(ix.add(ix.mul(n, 2), 1));
  return e.shader.let(`f32(draw(${seed}u + ${count} * ${STEP}u) >> 8u) * ${2 ** -24}f`, 'uniform');
}

/** By the method of Box and Muller. */
const normal: Drawn['draw'] = (e, { group }, _, uniform) => {
  const at = group.anchor!.view();
  const [mean, scale] = ['mean', 'scale'].map((name) => literal(e.shader, at.float(name), 'f32'));
  const angle = e.shader.let(`${2 * Math.PI}f * ${uniform(1)}`, 'angle');
  return `${mean} + ${scale} * sqrt(-2.0f * log(1.0f - ${uniform(0)})) * ${call(e.shader, 'cosine', angle)}`;
};

const flat: Drawn['draw'] = (e, { group }, _, uniform) => {
  const at = group.anchor!.view();
  const [low, high] = [at.float('low'), at.float('high')];
  return `${literal(e.shader, low, 'f32')} + ${literal(e.shader, high - low, 'f32')} * ${uniform(0)}`;
};

const NORMAL = { summary: 'numbers of a normal distribution', numbers: 2, draw: normal };
const UNIFORM = { summary: 'numbers of a uniform distribution', draw: flat };

export const randomNormal = defineRandom({ op: 'RandomNormal', id: 'random.normal', ...NORMAL });
export const randomNormalLike = defineRandom({ op: 'RandomNormalLike', id: 'random.normal-like', ...NORMAL });
export const randomUniform = defineRandom({ op: 'RandomUniform', id: 'random.uniform', ...UNIFORM });
export const randomUniformLike = defineRandom({ op: 'RandomUniformLike', id: 'random.uniform-like', ...UNIFORM });

export const bernoulli = defineRandom({
  op: 'Bernoulli',
  id: 'random.bernoulli',
  summary: '1 with the probability that the input tells, else 0',
  draw(e, { group }, at, uniform) {
    const type = computeOf(group.accumulated.type.dtype);
    const [no, yes] = [0, 1].map((value) => literal(e.shader, value, type));
    return `select(${no}, ${yes}, ${uniform(0)} < ${e.read(group.anchor!.inputs[0]!, at)})`;
  },
});

export const dropout = defineRandom({
  op: 'Dropout',
  id: 'dropout',
  summary: 'Dropout with a mask: elements that are drawn become 0, others larger',
  isCertain: (at) => !at.inputs[2] || at.numbers(2)?.[0] === 0,
  draw(e, { group }, at, uniform) {
    const { shader } = e;
    const node = group.anchor!;
    const [data, ratio, training] = node.inputs as [Value, Value?, Value?];
    const isMask = group.accumulated !== node.output;
    if (!training || node.view().numbers(2)?.[0] === 0) return isMask ? 'true' : e.read(data, at);
    const single = (value: Value) => e.read(value, Position.linear(value.type.shape, 0));
    const share = shader.let(`select(0.0f, ${ratio ? single(ratio) : '0.5f'}, ${single(training)})`, 'share');
    const kept = shader.let(`${uniform(0)} >= ${share}`, 'kept');
    return isMask ? kept : `select(0.0f, ${e.read(data, at)} / (1.0f - ${share}), ${kept})`;
  },
});
