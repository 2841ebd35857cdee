// A check of the user's: a command that gets a model and its inputs as files, and fails by its exit status.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '@trtx/debug';
import { quote, TrtxError } from '@trtx/errors';
import type { Graph, Tensors } from '@trtx/ir';
import parseArgv from 'string-argv';
import { writeFolder } from '../../tensors/raw.ts';

/** Writes a part as a model file. */
export type WritePart = (graph: Graph, file: string) => Promise<void>;

/**
 * A check that runs a command line. It is split at spaces, quotes hold words together, and no shell sees it; `{model}` and
 * `{inputs}` in its words become the paths of a file and a folder that are gone afterwards.
 * @throws TrtxError USAGE where it does not name a model
 */
export function userCheck(line: string, write: WritePart): Check {
  const [program, ...args] = parseArgv(line);
  if (program === undefined || !args.some((arg) => arg.includes('{model}')))
    throw new TrtxError('USAGE', '--check has to name the model that it is about', {
      hint: "Write {model} for its file, and {inputs} for the folder of its inputs: --check 'node check.mjs {model} {inputs}'.",
    });
  return async (graph, inputs) => {
    const folder = await temporaryFolder();
    try {
      const paths = await writeFiles(folder, graph, inputs, write);
      const filled = args.map((arg) =>
        arg.replaceAll(/\{(model|inputs)\}/g, (_, name: keyof typeof paths) => paths[name]),
      );
      return (await statusOf(program, filled)) !== 0;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function temporaryFolder(): Promise<string> {
  const start = join(tmpdir(), 'trtx-reduce-');
  return mkdtemp(start).catch((cause) => {
    throw new TrtxError('FILE_WRITE', `cannot make a temporary folder: ${cause.code}`, {
      file: start,
      hint: 'Set TMPDIR to a folder that may be written to and has room.',
      cause,
    });
  });
}

async function writeFiles(folder: string, graph: Graph, inputs: Tensors, write: WritePart) {
  const paths = { model: join(folder, 'model.onnx'), inputs: join(folder, 'inputs') };
  await writeFolder(paths.inputs, inputs);
  await write(graph, paths.model);
  return paths;
}

/** Null where a signal ended the process. */
function statusOf(program: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore' });
    child.on('close', resolve);
    child.on('error', (cause) =>
      reject(
        new TrtxError('CHECK_COMMAND', `the command of --check cannot be started: ${cause.message}`, {
          hint: `See whether ${quote(program)} is installed. No shell runs it: for pipes and variables name one, sh -c '…'.`,
          cause,
        }),
      ),
    );
  });
}
