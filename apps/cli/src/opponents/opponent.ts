// Other engines that a model is timed beside.

import { TrtxError } from '@trtx/errors';
import type { Tensors } from '@trtx/ir';

/** A model on another engine. */
export interface Opponent {
  /** With version and provider: `onnxruntime-node 1.30.0 (webgpu)`. */
  readonly name: string;
  /** From data to data. Inputs and outputs are told by name; where it has other names, by their order. */
  run(inputs: Tensors): Promise<Tensors>;
  release(): Promise<void>;
}

/**
 * Loads a model file. `provider` is what of the engine computes. When `signal` is aborted nobody waits for it any more, nor
 * for a run: what goes on and can be stopped has to stop, or the process would not end.
 */
export type OpenOpponent = (model: string, provider: string, signal: AbortSignal) => Promise<Opponent>;

/** Packages of other engines are installed by those who compare. @throws TrtxError PACKAGE_MISSING */
export async function importOpponent<T>(name: string, entry: string = name): Promise<T> {
  try {
    return (await import(entry)) as T;
  } catch (cause) {
    throw packageMissing(name, cause);
  }
}

export function packageMissing(name: string, cause: unknown): TrtxError {
  return new TrtxError('PACKAGE_MISSING', `the comparison needs the package ${name}, which cannot be loaded`, {
    hint: `Install it beside @trtx/cli: npm install ${name}`,
    cause,
  });
}

/** @throws TrtxError OPPONENT */
export async function guarded<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new TrtxError('OPPONENT', `${name} failed: ${(cause as Error)?.message ?? cause}`, {
      hint: 'Compare with another engine or provider, or see what it says of the model.',
      cause,
    });
  }
}
