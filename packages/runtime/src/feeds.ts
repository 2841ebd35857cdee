// What a caller hands to a run, matched to the ports of the program.
import { quote } from '@trtx/errors';
import { LEAST_BYTES } from './allocate.ts';
import { own } from './host-ops.ts';
import type { Instrument } from './instrument.ts';
import { mismatch } from './mismatch.ts';
import type { Program } from './program.ts';
import type { BoundShape } from './shapes.ts';
import { checkData, elements, type Tensor } from './tensors.ts';

export interface RunOptions {
  /** Buffers of the caller for outputs that stay on the GPU. */
  readonly outputs?: Readonly<Record<string, GPUBuffer>>;
  /** For profilers: what the run's dispatches and copies are recorded with. */
  readonly instrument?: Instrument;
}

export interface Feeds {
  /** The tensor of each input. */
  readonly tensors: readonly Tensor[];
  /** The caller's buffer of each port; holes where the context uses its own. */
  readonly given: readonly (GPUBuffer | undefined)[];
  readonly instrument: Instrument | undefined;
}

/**
 * The tensor of each input. Names and types are those of any of the engine's programs.
 * Throws `INPUT_MISSING`, `TENSOR_UNKNOWN`, `TENSOR_TYPE` or `TENSOR_SHAPE`.
 */
export function matchInputs(
  { plan, names }: Program,
  inputs: Readonly<Record<string, Tensor>>,
  { outputs = {} }: RunOptions,
): Tensor[] {
  checkNames(names, 'input', inputs);
  checkNames(names, 'output', outputs);
  return plan.inputs.map((tensor) => {
    const feed = own(inputs, tensor.name);
    if (!feed) throw mismatch('INPUT_MISSING', 'the run has no such input', tensor.name);
    if (!Array.isArray(feed.dims)) throw mismatch('TENSOR_SHAPE', 'has no dims', tensor.name);
    if (!feed.buffer) checkData(tensor, feed.data, feed.dims);
    return feed;
  });
}

/** The caller's buffers for the ports of the program that runs. Throws `BUFFER_UNSUITABLE`. */
export function matchBuffers(
  { ports }: Program,
  tensors: readonly Tensor[],
  { outputs = {}, instrument }: RunOptions,
): Feeds {
  const given = ports.map(({ tensor: { name }, buffer, isInput }, port) => {
    const theirs = isInput ? tensors[port]!.buffer : own(outputs, name);
    if (!theirs) return undefined;
    if (buffer < 0)
      throw mismatch('BUFFER_UNSUITABLE', 'a GPU buffer is given for a tensor that only the host has', name);
    return isInput ? bindable(tensors[port]!) : theirs;
  });
  return { tensors, given, instrument };
}

/** The buffer of a caller's tensor, but for one of nothing that is too small to be bound: the context's own does for it. */
function bindable({ buffer, dims }: Tensor): GPUBuffer | undefined {
  return buffer && buffer.size < LEAST_BYTES && elements(dims) === 0 ? undefined : buffer;
}

function checkNames(names: Program['names'], kind: 'input' | 'output', given: object): void {
  for (const name of Object.keys(given)) {
    if (names[kind].has(name)) continue;
    throw mismatch('TENSOR_UNKNOWN', `the engine has no such ${kind}`, name, `it has ${[...names[kind]].map(quote)}`);
  }
}

/** Throws `BUFFER_UNSUITABLE` where a caller's buffer cannot hold its tensor or is used in two roles. */
export function checkBuffers({ ports }: Program, { given }: Feeds, { portBytes }: BoundShape): void {
  for (const [port, buffer] of given.entries()) {
    if (!buffer) continue;
    const { tensor, isInput, usage, bytes, least } = ports[port]!;
    const unsuitable = (why: string, hint: string) => {
      throw mismatch('BUFFER_UNSUITABLE', `the GPU buffer ${why}`, tensor.name, hint);
    };
    const needed = Math.max(portBytes[port]!, 4);
    if (buffer.size < needed) {
      unsuitable(`has ${buffer.size} bytes, and needs ${needed}`, 'sizes are rounded up to 4 bytes, and are not 0');
    }
    if (buffer.size < least) {
      unsuitable(`has ${buffer.size} bytes, and is bound in parts`, `at the profile's maximum it has ${bytes} bytes`);
    }
    if ((buffer.usage & usage) !== usage) {
      unsuitable(
        `has usage ${buffer.usage}, it needs the flags ${usage}`,
        'STORAGE | COPY_SRC | COPY_DST suits everywhere',
      );
    }
    if (given.some((other, i) => other === buffer && i !== port && !(isInput && ports[i]!.isInput))) {
      unsuitable('stands for two tensors of one run', 'an output may not share its buffer with another tensor');
    }
  }
}
