// Examples of readmes, run as programs: the code block as it stands, in a process of its own, in a folder of its own.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

export interface ExampleOptions {
  /** Which of the readme's ts blocks, from 0. */
  readonly block?: number;
  /** Files that the example finds in its folder. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Code that stands before the example and gives it what it takes for granted. */
  readonly before?: string;
  /** Code that stands after it. */
  readonly last?: string;
  /** What it prints; by default the block without a language that follows it in the readme. */
  readonly prints?: string;
  /** Looks at the folder when the example has run. */
  readonly after?: (folder: string) => void;
}

/**
 * Runs a code block of a readme and expects it to print what the readme shows.
 * @param readme its URL, mostly `new URL('../README.md', import.meta.url)`
 */
export function expectExample(readme: URL, options: ExampleOptions = {}): void {
  const { block = 0, files = {}, before = '', last = '', after } = options;
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```(\w*)\n(.*?)^```/gms)];
  const code = blocks.filter(([, language]) => language === 'ts')[block];
  if (!code) throw new Error(`no ts block ${block} in ${readme.pathname}`);
  const next = blocks[blocks.indexOf(code) + 1];
  const prints = options.prints ?? (next?.[1] === '' ? next[2]! : '');

  // Programs lie in the workspace, where imports find its packages; they run elsewhere.
  const programs = join(root, 'node_modules', '.cache', 'trtx', 'examples');
  mkdirSync(programs, { recursive: true });
  const home = mkdtempSync(join(programs, 'run-'));
  const folder = mkdtempSync(join(tmpdir(), 'trtx-example-'));
  try {
    const program = join(home, 'example.mts');
    writeFileSync(program, `${before}\n${code[2]}\n${last}`);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const tsx = pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;
    const done = spawnSync(process.execPath, ['--conditions=@trtx/source', '--import', tsx, program], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.base.json') },
    });
    expect({ status: done.status, stderr: done.stderr, stdout: done.stdout }).toEqual({
      status: 0,
      stderr: '',
      stdout: prints,
    });
    after?.(folder);
  } finally {
    rmSync(home, { recursive: true });
    rmSync(folder, { recursive: true });
  }
}
