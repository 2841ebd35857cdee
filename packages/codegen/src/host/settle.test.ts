import type { Plan } from '@trtx/engine';
import { GraphBuilder, type Value } from '@trtx/ir';
import { hostOps } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { ints, ones } from '../testing/groups.ts';
import { SETTLES } from './settle.ts';

const onHost = new Set(hostOps().keys());

/** The best rows of each class, as detectors pick them behind a network of two products. */
function detector(classes: number, rows: number): GraphBuilder {
  const b = new GraphBuilder('detector');
  const x = b.input('x', 'float32', [rows, 64]);
  const scores = b.Softmax(b.MatMul(x, ones(b, 64, classes)), { axis: 1 });
  const boxes = b.MatMul(x, ones(b, 64, 4));
  const best = Array.from({ length: classes }, (_, c) => {
    const own = b.Gather(scores, b.constant('int64', [], [c]), { axis: 1 });
    const places = b.Squeeze(b.NonZero(b.Greater(own, b.constant('float32', [], [0]))), ints(b, 0));
    const found = b.Gather(own, places);
    const k = b.ReduceMin(b.Concat([ints(b, 50), b.Shape(found)], { axis: 0 }), ints(b, 0));
    const [values, order] = b.TopK(found, k, {}, { outputs: 2 }) as [Value, Value];
    return [values, b.Gather(b.Gather(boxes, places), order)] as const;
  });
  const [values, picked] = [best.map(([values]) => values), best.map(([, rows]) => rows)];
  b.output('scores', b.Concat(values, { axis: 0 }));
  b.output('boxes', b.Concat(picked, { axis: 0 }));
  return b;
}

const hostedIn = ({ hostNodes }: Plan) => hostNodes.filter(({ step }) => step !== undefined);

describe('what settles on the host', () => {
  it('is all behind a network, where it would wait for the GPU again and again', () => {
    const { plan } = compile(detector(20, 500).graph, { onHost });
    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('dispatches')).toBe(0);
    const { inputs } = plan.steps.find((step) => step.kind === 'host')!;
    expect(plan.values![inputs[0]!]).toMatchObject({ shape: [500, 20], gpu: { storage: 'f32' } });
    const hosted = hostedIn(plan);
    expect(hosted.filter(({ op }) => op === 'NonZero')).toHaveLength(20);
    expect(new Set(hosted.map(({ reason }) => reason))).toEqual(new Set([SETTLES]));
    expect(plan.outputs.map(({ buffer }) => buffer)).toEqual([undefined, undefined]);
    // What is read of the GPU: the scores and the boxes, each once.
    const read = new Set(plan.steps.flatMap((step) => (step.kind === 'host' ? step.inputs : [])));
    const set = new Set(plan.steps.flatMap((step) => (step.kind === 'host' ? step.outputs : [])));
    const ofGpu = [...read].filter((value) => value !== null && !set.has(value) && plan.values![value]!.gpu);
    expect(ofGpu.map((value) => plan.values![value!]!.shape)).toEqual([
      [500, 20],
      [500, 4],
    ]);
  });

  it('is nothing where the host waits as often, or has long to compute', () => {
    for (const [classes, rows] of [
      [1, 500],
      [4, 2 ** 18],
    ] as const) {
      const { plan } = compile(detector(classes, rows).graph, { onHost });
      expect([...new Set(hostedIn(plan).map(({ op }) => op))]).toEqual(['trtx::Steer']);
    }
  });

  it('is nothing that the host has no function for, or that it may not compute', () => {
    const without = new Set([...onHost].filter((op) => op !== 'NonZero'));
    const { plan } = compile(detector(20, 500).graph, { onHost: without });
    expect(hostedIn(plan).map(({ op }) => op)).not.toContain('NonZero');
    const build = () => compile(detector(20, 500).graph, { onHost, noHost: true });
    expect(build).toThrow(/^UNSUPPORTED_NODES: 20 node/);
  });

  it('reads no input of the graph, nor gives an output that the GPU could', () => {
    const b = new GraphBuilder('net');
    const x = b.input('x', 'float32', [100]);
    const y = b.Mul(x, x);
    const places = b.NonZero(b.Add(b.Mul(y, y), y));
    b.output('y', y);
    b.output('places', b.Add(places, b.constant('int64', [], [1])));
    const { plan } = compile(b.graph, { onHost });
    expect(plan.inputs[0]!.buffer).toBeDefined();
    expect(plan.outputs[0]!.buffer).toBeDefined();
  });

  it('is nothing that a sequence passes on', () => {
    const b = new GraphBuilder('held');
    const x = b.input('x', 'float32', [4, 4]);
    const y = b.Tanh(b.MatMul(x, x));
    const all = b.SequenceConstruct(Array.from({ length: 8 }, () => b.Exp(b.MatMul(y, y))));
    b.output('z', b.Softmax(b.Add(b.SequenceAt(all, b.constant('int64', [], [1])), y)));
    const { plan } = compile(b.graph, { onHost });
    expect(hostedIn(plan).map(({ op }) => op)).toEqual(['SequenceConstruct', 'SequenceAt']);
  });
});
