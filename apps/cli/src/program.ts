// The commands as one program.

import { TrtxError } from '@trtx/errors';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addBench } from './commands/bench.ts';
import { addBuild } from './commands/build.ts';
import { addCompare } from './commands/compare.ts';
import { addExtract, addMerge } from './commands/compose.ts';
import { addDebug } from './commands/debug/index.ts';
import { addInspect } from './commands/inspect.ts';
import { addOptimize } from './commands/optimize.ts';
import { addProfile } from './commands/profile.ts';
import { addRefit } from './commands/refit.ts';
import { addRun } from './commands/run.ts';
import { addVerify } from './commands/verify.ts';
import { Session } from './session.ts';

const COMMANDS = [
  addOptimize,
  addBuild,
  addRefit,
  addRun,
  addBench,
  addProfile,
  addInspect,
  addVerify,
  addCompare,
  addDebug,
  addMerge,
  addExtract,
];

/** Runs the command line; the exit status: 0 done, 1 something failed, 2 wrong arguments or files. */
export async function trtx(argv: readonly string[]): Promise<number> {
  const session = new Session(argv);
  const program = new Command('trtx')
    .description('Optimizes models; builds, runs, inspects and checks engines: neural networks made ready for WebGPU.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const add of COMMANDS) add(program, session);
  try {
    if (argv.length === 0) program.help({ error: false });
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) session.fail(error);
    else if (error.exitCode !== 0) session.fail(usageError(error));
  }
  return session.status;
}

function usageError({ message }: CommanderError): TrtxError {
  return new TrtxError('USAGE', message.replace(/^error: /, ''), { hint: 'See trtx --help, or trtx COMMAND --help.' });
}
