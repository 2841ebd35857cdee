// Starts the real command as a process of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { bundledCommand } from './bundle.ts';

/** What a device can do at most, which the command measures once, is kept here and not in the user's folder. */
export const caches = fileURLToPath(new URL('../../node_modules/.cache/trtx/caches', import.meta.url));

export interface Outcome {
  /** The exit status; null where a signal ended the process. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A process under way; `outcome` is there once it has ended by itself. */
export interface Started {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

export async function start(args: readonly string[], { cwd, env }: StartOptions = {}): Promise<Started> {
  const child = spawn(process.execPath, [await bundledCommand(), ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', XDG_CACHE_HOME: caches, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr!.setEncoding('utf8').on('data', (text) => (err += text));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, out, err }));
  });
  return { child, outcome };
}

/** Runs `trtx ARGS` to its end. */
export async function trtx(...args: string[]): Promise<Outcome> {
  return (await start(args)).outcome;
}

/** Runs `trtx ARGS --json`; the object that it printed, which has to be all of stdout, with nothing on stderr. */
export async function trtxJson<T = Record<string, unknown>>(
  ...args: string[]
): Promise<{ status: number | null; data: T }> {
  const { status, out, err } = await trtx(...args, '--json');
  if (err !== '') throw new Error(`on stderr: ${err}`);
  return { status, data: JSON.parse(out) as T };
}

/** What `--json` prints of an error. */
export interface Failure {
  readonly adapter?: string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly node?: string;
    readonly tensor?: string;
    readonly file?: string;
    readonly hint?: string;
    readonly details?: readonly string[];
  };
}

/** A folder that goes with the test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trtx-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Names of all files below a folder: for proof that nothing was left. */
export function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true }).map(String).sort();
}
