// LinearAttention: an invocation goes through the steps with one column of the state of a head, which no other column
// needs: what the keys give of one feature of the values.

import { type LinearAttentionGeometry, linearAttentionGeometry, type Node, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { atHead } from './attention-scores.ts';
import { emitElements } from './elements.ts';
import { MAX_PRIVATE } from './private.ts';

export const linearAttention = defineKernel<null>({
  id: 'linear-attention',
  version: 1,
  summary: 'LinearAttention: a column of the state of a head an invocation, step by step',
  ops: ['LinearAttention'],
  applies({ group }) {
    const { key } = linearAttentionGeometry(group.anchor!.view());
    return computeOf(group.accumulated.type.dtype) === 'f32' && key.size <= MAX_PRIVATE;
  },
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const g = linearAttentionGeometry(node.view());
    const { key, value } = g;
    const { accumulated: result } = group;
    return emitElements(e, [key.batch, key.heads, value.size], (position) => {
      const [batch, head, column] = position.coords(shader) as [Ix, Ix, Ix];
      const state = new Column(e, node, g, { batch, head, column });
      state.load();
      shader.loop(e.size(key.length), 't', (t) => {
        state.step(t);
        if (result === node.output) state.give(t, result);
      });
      if (result !== node.output)
        state.each((i) => e.store(Position.at(result.type.shape, [batch, head, i, column]), state.element(i)));
    });
  },
});

interface Place {
  readonly batch: Ix;
  readonly head: Ix;
  /** The feature of the values. */
  readonly column: Ix;
}

/** One column of a head's state, in an array of the invocation. */
class Column {
  readonly #name: string;

  constructor(
    readonly e: Emitter,
    readonly node: Node,
    readonly g: LinearAttentionGeometry,
    readonly place: Place,
  ) {
    this.#name = e.shader.name('state');
    e.shader.line(`var ${this.#name}: array<f32, ${g.key.size}>;`);
  }

  element(i: Ix): string {
    return `${this.#name}[${ix.text(i)}]`;
  }

  each(body: (i: Ix) => void): void {
    this.e.shader.loop(this.g.key.size, 'i', body);
  }

  load(): void {
    const past = this.node.inputs[3];
    if (!past) return;
    const { batch, head, column } = this.place;
    this.each((i) => {
      const element = this.e.read(past, Position.at(past.type.shape, [batch, head, i, column]));
      this.e.shader.line(`${this.element(i)} = ${element};`);
    });
  }

  /** Fades the state, takes off what the key already gives, and adds the product of key and value. */
  step(t: Ix): void {
    const { e, g, node } = this;
    const { shader } = e;
    const { batch, head, column } = this.place;
    const [, k, v, , decay, beta] = node.inputs as [Value, Value, Value, Value?, Value?, Value?];
    const key = (i: Ix) => e.read(k, Position.at(k.type.shape, atHead(g.key, batch, head, t, i)));
    const given = shader.name('given');
    shader.line(`var ${given} = 0.0f;`);
    const fade = (i: Ix) => {
      const width = g.decay === 'head' ? head : ix.add(ix.mul(head, g.key.size), i);
      return `exp(${e.read(decay!, Position.at(decay!.type.shape, [batch, t, width]))})`;
    };
    const ofHead = g.decay === 'head' ? shader.let(fade(0), 'fade') : undefined;
    if (decay || beta)
      this.each((i) => {
        if (decay) shader.line(`${this.element(i)} *= ${ofHead ?? fade(i)};`);
        if (beta) shader.line(`${given} += ${this.element(i)} * ${key(i)};`);
      });
    const own = e.read(v, Position.at(v.type.shape, atHead(g.value, batch, head, t, column)));
    const rate = beta && e.read(beta, Position.at(beta.type.shape, [batch, t, g.beta === 'head' ? head : 0]));
    const added = shader.let(rate ? `${rate} * (${own} - ${given})` : own, 'added');
    this.each((i) => shader.line(`${this.element(i)} += ${key(i)} * ${added};`));
  }

  /** Stores what the queries of all heads that share the state read off it. */
  give(t: Ix, result: Value): void {
    const { e, g, node } = this;
    const { shader } = e;
    const { batch, head, column } = this.place;
    const q = node.inputs[0]!;
    const readers = g.query.heads / g.key.heads;
    shader.loop(readers, 'r', (r) => {
      const reader = shader.index(ix.add(ix.mul(head, readers), r), 'reader');
      const sum = shader.name('sum');
      shader.line(`var ${sum} = 0.0f;`);
      this.each((i) => {
        const query = e.read(q, Position.at(q.type.shape, atHead(g.query, batch, reader, t, i)));
        shader.line(`${sum} += ${query} * ${this.element(i)};`);
      });
      const at = atHead({ ...g.query, size: g.value.size }, batch, reader, t, column);
      e.store(Position.at(result.type.shape, at), shader.let(`${sum} * ${literal(shader, g.scale, 'f32')}`));
    });
  }
}
