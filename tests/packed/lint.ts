// What publint and arethetypeswrong say about published packages, read off their tarballs.

import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Packed } from './tarballs.ts';

/** Ways to resolve imports that packages of ES modules alone do not serve. */
const NOT_SERVED: ReadonlySet<string> = new Set(['node10', 'node16-cjs']);

/** About manifests, and the files that they name. */
export async function lintManifests({ tarballs }: Packed): Promise<string[]> {
  const found: string[] = [];
  for (const [name, file] of tarballs) {
    const tarball = new Uint8Array(readFileSync(file)).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    found.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`));
  }
  return found;
}

/** About types: whether they are found wherever the code is. */
export async function lintTypes({ tarballs }: Packed): Promise<string[]> {
  const found: string[] = [];
  for (const [name, file] of tarballs) {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(file))));
    if (!result.types) continue;
    for (const problem of result.problems)
      if (!('resolutionKind' in problem && NOT_SERVED.has(problem.resolutionKind)))
        found.push(`${name}: ${JSON.stringify(problem)}`);
  }
  return found;
}
