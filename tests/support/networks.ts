// Whole networks against ONNX Runtime, on the same inputs and with each side's own state carried from run to run.

import { EngineRunner, type OptimizationProfile } from '@trtx/builder';
import { isFloat, type Profile, parseProfile, type Runner, type Tensor, type Tensors } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { constantOfTensor, ReferenceRunner, toFloat64 } from '@trtx/reference';
import { expect } from 'vitest';
import { engineRunner, testDevice } from './chain.ts';
import { closeness } from './closeness.ts';
import { ortRunner } from './ort.ts';

export interface NetworkOptions {
  /** Ranges of dynamic dimensions, or several profiles of them; by default the shapes of the first run. */
  readonly profile?: string | readonly OptimizationProfile[];
  /** Inputs that are given to the builder, as constants. They are the same in every run. */
  readonly known?: readonly string[];
  /** Outputs that the next run gets as inputs: output → input. */
  readonly carry?: Readonly<Record<string, string>>;
  /** Largest difference allowed, in units of the largest expected magnitude; 1e-4. */
  readonly relative?: number;
  /** The magnitude of an output by its nature, where what is expected is smaller: 0 by default. */
  readonly scale?: number;
  /**
   * For a network that amplifies roundings: also allow this many times the difference that ONNX Runtime's own optimizations
   * make to what it computes from the same inputs. Not for networks that carry a state.
   */
  readonly spread?: number;
  /** 0.99999 */
  readonly cosine?: number;
  /** What computes: an engine on the test adapter by default. */
  readonly backend?: 'webgpu' | 'reference';
}

/**
 * Runs a model file on each of `runs` in turn, here and on ONNX Runtime, and expects the same outputs. What is carried is
 * given by the first run only. Gives ONNX Runtime's outputs of each run.
 */
export async function expectLikeOrt(
  model: string,
  runs: readonly Tensors[],
  options: NetworkOptions = {},
): Promise<Map<string, Tensor>[]> {
  const ours = await runnerOf(model, runs[0]!, options);
  const theirs = await ortRunner(model);
  const theirOther = options.spread ? await ortRunner(model, 'all') : undefined;
  const results: Map<string, Tensor>[] = [];
  let [ourState, theirState]: Tensors[] = [new Map(), new Map()];
  for (const [i, given] of runs.entries()) {
    const expected = await theirs.run(new Map([...given, ...theirState!]));
    const actual = await ours.run(without(new Map([...given, ...ourState!]), options.known));
    const other = await theirOther?.run(given);
    for (const [name, tensor] of expected) {
      const absolute = other && options.spread! * closeness(toFloat64(other.get(name)!), toFloat64(tensor)).maxAbs;
      expectNear(actual.get(name)!, tensor, `${name} of run ${i}`, { ...options, absolute });
    }
    [ourState, theirState] = [carried(actual, options.carry), carried(expected, options.carry)];
    results.push(new Map(expected));
  }
  await ours.dispose?.();
  await theirs.dispose?.();
  await theirOther?.dispose?.();
  return results;
}

/** An engine or a reference runner, made for what the first run gives. */
async function runnerOf(model: string, first: Tensors, options: NetworkOptions): Promise<Runner> {
  const { known = [], backend = 'webgpu' } = options;
  const constants = new Map(known.map((name) => [name, constantOfTensor(first.get(name)!)]));
  const shapes = [...without(first, known)].map(([name, { dims }]) => [name, [...dims]]);
  if (typeof options.profile === 'object') return profilesRunner(model, backend, options.profile);
  const profile: Profile = options.profile ? parseProfile(options.profile) : Object.fromEntries(shapes);
  if (backend === 'webgpu') return engineRunner(model, profile, undefined, constants);
  const { graph } = await importFile(model, { constants, profile });
  return new ReferenceRunner(graph);
}

async function profilesRunner(
  model: string,
  backend: NetworkOptions['backend'],
  profiles: readonly OptimizationProfile[],
): Promise<Runner> {
  const { graph } = await importFile(model);
  if (backend === 'reference') return new ReferenceRunner(graph);
  const { device, isFallback } = await testDevice();
  return EngineRunner.create(graph, { device, software: isFallback, profiles });
}

function without(tensors: Tensors, names: readonly string[] = []): Map<string, Tensor> {
  return new Map([...tensors].filter(([name]) => !names.includes(name)));
}

function carried(outputs: Tensors, carry: Readonly<Record<string, string>> = {}): Map<string, Tensor> {
  return new Map(Object.entries(carry).map(([output, input]) => [input, outputs.get(output)!]));
}

/** Expects the same type and shape, the same integers, and floats within the tolerance of whole networks. */
export function expectNear(
  actual: Tensor,
  expected: Tensor,
  what: string,
  {
    relative = 1e-4,
    scale = 0,
    cosine = 0.99999,
    absolute = 0,
  }: Pick<NetworkOptions, 'relative' | 'scale' | 'cosine'> & { absolute?: number } = {},
): void {
  expect(`${actual.dtype}[${actual.dims}]`, what).toBe(`${expected.dtype}[${expected.dims}]`);
  if (!isFloat(expected.dtype)) {
    expect(actual.data, what).toEqual(expected.data);
    return;
  }
  const [a, e] = [toFloat64(actual), toFloat64(expected)];
  const largest = e.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const found = closeness(a, e);
  const allowed = Math.max(relative * Math.max(largest, scale), absolute);
  expect(found.maxAbs, `difference of ${what}, which reaches ${largest}`).toBeLessThanOrEqual(allowed);
  if (largest > allowed) expect(found.cosine, `cosine of ${what}`).toBeGreaterThanOrEqual(cosine);
}
