// `--fp16` and `--keep`: a model in float16.

import { TrtxError } from '@trtx/errors';
import type { Float16Options } from '@trtx/passes';
import type { Command } from 'commander';
import { collectNames } from './command.ts';

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
