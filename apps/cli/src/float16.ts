// `--fp16` and `--keep`: a model in float16.

import { TrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, specialize } from '@trtx/ir';
import { type Float16Options, type Level, optimize, requireNames } from '@trtx/passes';
import { extensionsOf } from '@trtx/plugin';
import type { Command } from 'commander';
import { collectNames } from './command.ts';
import type { ComparedModel } from './comparing.ts';

export interface Float16Flags {
  readonly fp16?: boolean;
  readonly keep?: readonly string[];
}

/** Adds the options of `Float16Flags`. */
export function addFloat16Options(command: Command): Command {
  return command
    .option('--fp16', 'float16 where that is good enough; inputs and outputs stay as they are')
    .option('--keep <names>', 'with --fp16: nodes that stay in float32, by their names, ops or outputs', collectNames);
}

/** What is to be converted; undefined without `--fp16`. @throws TrtxError USAGE */
export function float16From({ fp16, keep }: Float16Flags): Float16Options | undefined {
  if (fp16) return { keep };
  if (keep) throw new TrtxError('USAGE', '--keep names what stays in float32 with --fp16', { hint: 'Add --fp16.' });
  return undefined;
}

/**
 * The same, of a comparison of ways to compute a model.
 * @param ways their names, of which `webgpu` is an engine that is built
 * @throws TrtxError USAGE where there is none
 */
export function float16ForBuilt(flags: Float16Flags, ways: readonly string[]): Float16Options | undefined {
  const options = float16From(flags);
  if (options && !ways.includes('webgpu'))
    throw new TrtxError('USAGE', `--fp16 is of engines that are built, and ${ways.join(' and ')} are none`, {
      hint: 'Compare webgpu: --a webgpu.',
    });
  return options;
}

/**
 * Fails at a name to keep that neither the model has nor what passes make of it: parts of the model may lack it.
 * @throws TrtxError FLOAT16_UNKNOWN
 */
export function requireKept(
  { graph, profile, plugins, kernels }: Pick<ComparedModel, 'graph' | 'profile' | 'plugins' | 'kernels'>,
  { keep = [] }: Float16Options = {},
  level: Level = 2,
): void {
  if (keep.length === 0) return;
  const optimized = cloneGraph(graph);
  specialize(optimized, profile);
  const { ops, pipeline } = extensionsOf(plugins);
  optimize(optimized, { level, ops, kernels, pipeline: pipeline(level) });
  requireNames([graph, optimized], keep);
}

/** Of a part of the model: names that it lacks are passed over; undefined where it has nothing to convert. */
export function float16OfPart(part: Graph, options: Float16Options | undefined): Float16Options | undefined {
  const values = [...part.withBodies()].flatMap(({ inputs, nodes }) => [
    ...inputs,
    ...[...nodes].flatMap(({ outputs }) => outputs),
  ]);
  if (!options || !values.some(({ type }) => type.dtype === 'float32')) return undefined;
  return { ...options, unknown: 'ignore' };
}
