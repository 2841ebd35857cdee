// The file that lists every case that is not passed, with the reason: by backend, by case. It may only shrink: a case
// that stops passing is an error, and `--update` takes cases out and never puts them in.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BackendName } from './backends.ts';
import { briefly, type Report } from './report.ts';

export const EXPECTED_FILE = fileURLToPath(new URL('../expected.json', import.meta.url));

/** Reasons by case. */
export type Expected = Readonly<Record<string, string>>;

export interface Deviation {
  /** Cases that are not passed and not listed. */
  readonly unexpected: readonly string[];
  /** Cases that are listed and passed: the list can do without them. */
  readonly stale: readonly string[];
}

type ExpectedFile = Partial<Record<BackendName, Expected>>;

/** The list of a backend; undefined where it has none yet. */
export function readExpected(backend: BackendName, file = EXPECTED_FILE): Expected | undefined {
  return readAll(file)[backend];
}

function readAll(file: string): ExpectedFile {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ExpectedFile) : {};
}

/** How a run differs from the list. Cases that were not run are not looked at. */
export function deviationOf(report: Report, ran: readonly string[], expected: Expected): Deviation {
  const bad = new Set([...report.failed, ...report.skipped].map(({ case: name }) => name));
  return {
    unexpected: [...bad].filter((name) => !(name in expected)),
    stale: ran.filter((name) => name in expected && !bad.has(name)),
  };
}

/** Writes the list after a run: without the cases that passed, with today's reasons for the others. */
export function updateExpected(
  backend: BackendName,
  report: Report,
  ran: readonly string[],
  file = EXPECTED_FILE,
): void {
  const all = readAll(file);
  const old = all[backend];
  const next: Record<string, string> = { ...old };
  for (const name of ran) delete next[name];
  for (const { case: name, reason } of [...report.failed, ...report.skipped])
    if (!old || name in old) next[name] = briefly(reason);
  const sorted = Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify({ ...all, [backend]: sorted }, undefined, 2)}\n`);
}
