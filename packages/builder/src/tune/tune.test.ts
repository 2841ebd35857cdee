import { type Kernel, PORTABLE, standardKernels } from '@trtx/codegen';
import { dispatchesOf } from '@trtx/engine';
import { cloneGraph, type Graph, GraphBuilder, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { build, buildPlan, bytesOf } from '../build.ts';
import { type Behaviour, FakeTimer } from '../testing/timer.ts';
import { TimingCache } from './cache.ts';
import { type TuneOptions, tune } from './tune.ts';

/** Two products of one problem, one of another, and an addition. */
function graphOf(): Graph {
  const b = new GraphBuilder('net');
  const weights = (rows: number, columns: number) =>
    b.constant('float32', [rows, columns], new Array<number>(rows * columns).fill(0.5));
  let x = b.input('x', 'float32', [6, 32]);
  for (let i = 0; i < 3; i++) x = b.Relu(b.MatMul(x, weights(32, 32)));
  b.output('y', b.Softmax(b.MatMul(x, weights(32, 8))));
  return b.graph;
}

const device = {
  features: new Set<string>(),
  limits: {},
  adapterInfo: { vendor: 'test', architecture: '', device: 'none', description: 'driver 1' },
  lost: new Promise(() => {}),
} as unknown as GPUDevice;

/** The dearer by the cost model, the faster. */
function reversed(): { timer: FakeTimer; options: TuneOptions } {
  return timedBy((lines) => () => 1e6 / lines);
}

function timedBy(behaviour: (length: number) => Behaviour, compileMs = 0) {
  const timer = new FakeTimer(({ stages }) => behaviour(stages.at(-1)!.wgsl.length), compileMs);
  const options: TuneOptions = { device, target: PORTABLE, timer, now: timer.now };
  return { timer, options };
}

const labels = (graph: Graph, timings: Parameters<typeof build>[1]) =>
  [...dispatchesOf(buildPlan(cloneGraph(graph), timings).plan.steps)].map(({ label }) => label);

describe('tune', () => {
  it('times each problem once, and the build takes the fastest', async () => {
    const { timer, options } = reversed();
    const graph = graphOf();
    const report = await tune(graph, { ...options, candidates: 6 });
    expect(report.known).toBe(0);
    expect(report.timed).toBe(report.problems);
    // Products of two problems, of which one reads an input, one not; one gives fewer columns; and the norm.
    expect(report.problems).toBeLessThanOrEqual(4);
    expect(report.tactics).toBe(timer.compiled);
    expect(timer.isDisposed).toBe(true);
    const { plan } = buildPlan(cloneGraph(graph), { timings: report.timings });
    for (const { timing, alternatives } of plan.work!.dispatches) {
      expect(timing).toMatchObject({ timed: expect.any(Number), us: expect.any(Number) });
      for (const [, ratio] of alternatives!) expect(ratio).toBeGreaterThanOrEqual(1);
    }
    expect(labels(graph, { timings: report.timings })).not.toEqual(labels(graph, {}));
  });

  it('gives the same bytes twice with a cache, also of one that was read', async () => {
    const { options } = reversed();
    const graph = graphOf();
    const { cache, timings } = await tune(graph, options);
    const bytes = (given: typeof timings) =>
      bytesOf(build(cloneGraph(graph), { timings: given, errorOnCacheMiss: true }).file);
    const read = TimingCache.parse(cache.toString());
    const again = await tune(graph, { ...options, cache: read });
    expect(again).toMatchObject({ timed: 0, known: again.problems, tactics: 0 });
    expect(bytes(again.timings)).toEqual(bytes(timings));
  });

  it('times what the cache does not know, beside the best that it knows', async () => {
    const { timer, options } = reversed();
    const graph = graphOf();
    const { cache } = await tune(graph, { ...options, candidates: 2 });
    const before = timer.compiled;
    const more = await tune(graph, { ...options, cache, candidates: 3 });
    expect(timer.compiled - before).toBe(2 * more.timed);
  });

  it('keeps to its budget, and begins with what takes the most time', async () => {
    const { timer, options } = timedBy(() => () => 1000, 10);
    const graph = graphOf();
    const seen: string[] = [];
    const report = await tune(graph, {
      ...options,
      candidates: 4,
      budget: 0.05,
      onTuning: ({ label, remainingMs }) => {
        seen.push(label);
        expect(remainingMs).toBeLessThanOrEqual(50);
      },
    });
    expect(report.timed).toBeLessThan(report.problems);
    expect(report.timed).toBeGreaterThan(0);
    expect(seen[0]).toMatch(/^MatMul/);
    expect(timer.time).toBeLessThan(200);
    expect(() => build(cloneGraph(graph), { timings: report.timings, errorOnCacheMiss: true })).toThrow(
      expect.objectContaining({ code: 'TIMING_CACHE_MISS', hint: expect.any(String) }),
    );
    expect(labels(graph, { timings: report.timings })).toHaveLength(5);
  });

  it('does without a tactic that fails, and tells why', async () => {
    const graph = graphOf();
    let calls = 0;
    const timer = new FakeTimer(() => (++calls === 1 ? 'invalid' : () => 5));
    const report = await tune(graph, { device, target: PORTABLE, timer, now: timer.now });
    expect(report.failed).toBe(1);
    expect(report.cache.toString()).toContain('"failed": "TACTIC_FAILED: unknown type"');
    const works = report.cache.devices[0]!.problems;
    const { plan } = buildPlan(cloneGraph(graph), { timings: report.timings });
    for (const { timing } of plan.work!.dispatches)
      expect([...works.get(timing!.problem)!.values()]).toContainEqual(expect.objectContaining({ us: timing!.us }));
  });

  it('ends where the device is lost, keeps what it has, and never takes what lost it', async () => {
    let calls = 0;
    const timer = new FakeTimer(() => (++calls === 2 ? 'loses the device' : () => 5));
    const report = await tune(graphOf(), { device, target: PORTABLE, timer, now: timer.now, candidates: 8 });
    expect(report.lost).toContain('it hung');
    expect(report.cache.toString()).toContain('the device was lost when it ran');
    expect(report.timed).toBe(1);
    expect(timer.isDisposed).toBe(true);
  });

  it.each([1, 2, 3])('leaves nothing open where formats are to be chosen, whatever was measured: %i', async (seed) => {
    const b = new GraphBuilder('net');
    const weights = (outputs: number, inputs: number) =>
      b.constant('float32', [outputs, inputs, 3, 3], new Array<number>(outputs * inputs * 9).fill(0.1));
    const conv = (x: Value, inputs: number, outputs: number) =>
      b.Relu(b.Conv(x, weights(outputs, inputs), { pads: [1, 1, 1, 1] }));
    const stem = conv(b.input('x', 'float32', [1, 3, 16, 16]), 3, 16);
    const sum = b.Add(conv(conv(stem, 16, 16), 16, 16), stem);
    const [pooled] = b.MaxPool(stem, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
    b.output('y', b.GlobalAveragePool(b.Concat([sum, pooled!], { axis: 1 })));
    const { options } = timedBy((length) => () => 1 + (Math.imul(length * seed, 0x9e3779b1) >>> 20));
    const report = await tune(b.graph, { ...options, candidates: 4 });
    expect(report.timed).toBe(report.problems);
    const { plan } = build(b.graph, { timings: report.timings, errorOnCacheMiss: true });
    expect(plan.work!.dispatches.length).toBeGreaterThan(3);
  });

  it('ignores times of another version of a kernel', async () => {
    const { options } = reversed();
    const graph = graphOf();
    const { cache } = await tune(graph, options);
    const newer = standardKernels.map((kernel): Kernel => ({ ...kernel, version: kernel.version + 1 }));
    const report = await tune(graph, { ...options, cache, kernels: newer });
    expect(report).toMatchObject({ known: 0, timed: report.problems });
  });

  it('is ended by a signal', async () => {
    const { options } = reversed();
    expect(await tune(graphOf(), { ...options, signal: AbortSignal.abort() })).toMatchObject({ timed: 0 });
  });
});
