// The commands of the README, run as they stand.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { filesIn } from './command.ts';
import { runCommands } from './page-commands.ts';

const cli = new URL('../../apps/cli/', import.meta.url);
const readme = readFileSync(new URL('README.md', cli), 'utf8');

it.skipIf(process.platform === 'win32')('every command of the README works', async () => {
  // Those of the first block make the engine that others run.
  const { commands, dir } = await runCommands(new URL('README.md', cli));
  expect(commands.length).toBeGreaterThan(10);
  expect(filesIn(dir)).toEqual(expect.arrayContaining(['model.trtx', 'fixed.trtx', 'range.trtx', 'out/features.npy']));
});

it('names every code that the command throws', () => {
  for (const name of filesIn(fileURLToPath(new URL('src', cli)))) {
    if (!/(?<!\.test)\.ts$/.test(name)) continue;
    const text = readFileSync(new URL(`src/${name}`, cli), 'utf8');
    for (const [call, code] of text.matchAll(/new TrtxError\(\s*'([A-Z_]+)'.*?;\n/gs)) {
      expect(readme, name).toContain(`\`${code}\``);
      expect(call, name).toContain('hint');
    }
  }
});
