// What publint and arethetypeswrong say about each published package, read off its tarball.

import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, expect, it } from 'vitest';
import { type Packed, packAll } from './tarballs.ts';

/** Ways to resolve imports that packages of ES modules alone do not serve. */
const NOT_SERVED: ReadonlySet<string> = new Set(['node10', 'node16-cjs']);

let packed: Packed;
beforeAll(() => {
  packed = packAll();
});

it('publint has nothing to say', async () => {
  const found: string[] = [];
  for (const [name, tarball] of packed.tarballs) {
    const bytes = new Uint8Array(readFileSync(tarball)).buffer;
    const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
    found.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`));
  }
  expect(found).toEqual([]);
});

it('types resolve as the code does', async () => {
  const found: string[] = [];
  for (const [name, tarball] of packed.tarballs) {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    if (!result.types) continue;
    for (const problem of result.problems)
      if (!('resolutionKind' in problem && NOT_SERVED.has(problem.resolutionKind)))
        found.push(`${name}: ${JSON.stringify(problem)}`);
  }
  expect(found).toEqual([]);
});
