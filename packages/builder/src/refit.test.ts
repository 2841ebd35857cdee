import { type Plan, parseEngine, readPlan } from '@trtx/engine';
import type { TrtxError } from '@trtx/errors';
import { type Graph, GraphBuilder } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { type BuildOptions, build, bytesOf } from './build.ts';
import { refit } from './refit.ts';

/** y = relu((x·a)·scale + b), with a scale for each column that passes put into the weights. */
function graph(seed: number, bias: readonly number[] = [1, -1, 2, -2]): Graph {
  const g = new GraphBuilder(`model ${seed}`);
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => ((i * 7 + seed) % 11) - 5.5);
  const a = g.constant('float32', [8, 4], numbers(32), 'a');
  const scale = g.constant('float32', [4], numbers(4), 'scale');
  const product = g.Mul(g.MatMul(g.input('x', 'float32', ['n', 8]), a), scale);
  g.output('y', g.Relu(g.Add(product, g.constant('float32', [4], [...bias], 'b'))));
  return g.graph;
}

const profile = { x: [{ min: 1, max: 64 }, null] } as const;
const source = (bytes: Uint8Array) => ({ read: async (at: number, n: number) => bytes.subarray(at, at + n) });

async function planOf(options: BuildOptions): Promise<Plan> {
  return readPlan(source(bytesOf(build(graph(1), options).file)));
}

function failure(work: () => unknown): TrtxError {
  try {
    work();
  } catch (error) {
    return error as TrtxError;
  }
  throw new Error('nothing was refused');
}

describe('an engine that was stripped', () => {
  const whole = bytesOf(build(graph(1), { profile }).file);
  const stripped = bytesOf(build(graph(1), { profile, strip: true }).file);

  it('is small, and is not loaded', () => {
    expect(whole.length - stripped.length).toBeGreaterThan(36 * 4);
    expect(failure(() => parseEngine(stripped))).toMatchObject({ code: 'ENGINE_STRIPPED' });
  });

  it('gets its weights back to the last byte', async () => {
    const plan = await readPlan(source(stripped));
    expect(bytesOf(refit(plan, graph(1)).file)).toEqual(whole);
  });
});

describe('an engine', () => {
  it('gets other weights: the same as of a build with them', async () => {
    for (const options of [{ profile }, { profile, fp16: true }, { profile, level: 0 as const }]) {
      const { blobs } = parseEngine(bytesOf(refit(await planOf(options), graph(2)).file));
      const built = parseEngine(bytesOf(build(graph(2), options).file));
      expect(blobs).toEqual(built.blobs);
      expect(blobs).not.toEqual(parseEngine(bytesOf(build(graph(1), options).file)).blobs);
    }
  });

  it('of several profiles too', async () => {
    const profiles = [
      { name: 'one', shapes: { x: [1, null] } },
      { name: 'many', shapes: profile },
    ];
    const { plan, blobs } = parseEngine(bytesOf(refit(await planOf({ profiles }), graph(2)).file));
    expect(plan.profiles).toHaveLength(1);
    expect(blobs).toEqual(parseEngine(bytesOf(build(graph(2), { profiles }).file)).blobs);
  });

  it('keeps tactics that were taken by times', async () => {
    const options: BuildOptions = {
      profile,
      // The dearest first.
      timings: { of: (_, { cost }) => ({ us: 1 / (1 + cost) }) },
    };
    const plan = await planOf(options);
    const label = (one: Plan) =>
      one.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []))[0]!.label;
    expect(label(plan)).not.toBe(label(await planOf({ profile })));
    expect(refit(plan, graph(2)).plan).toEqual(plan);
  });

  it('is not refitted with what makes another one', async () => {
    const plan = await planOf({ profile });
    const other = new GraphBuilder('other');
    other.output('y', other.Relu(other.input('x', 'float32', ['n', 8])));
    const error = failure(() => refit(plan, other.graph));
    expect(error).toMatchObject({ code: 'REFIT', hint: expect.stringMatching(/anew/) });
    expect(error.details).toContain('modules are others: 1 of 1');
    const { built, ...mute } = plan;
    expect(failure(() => refit(mute, graph(1)))).toMatchObject({ code: 'REFIT' });
  });
});
