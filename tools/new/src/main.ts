// npm run new -- pass|plugin NAME [--to FOLDER]: the beginnings of a package, with a test that passes.

import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isTrtxError } from '@trtx/errors';
import { KINDS, type Kind, scaffold } from './scaffold.ts';

const root = resolve(import.meta.dirname, '../../..');

function main(): number {
  const { values, positionals } = parseArgs({ options: { to: { type: 'string' } }, allowPositionals: true });
  const [kind, name, ...rest] = positionals;
  if (!KINDS.includes(kind as Kind) || name === undefined || rest.length > 0) {
    process.stderr.write(`usage: npm run new -- ${KINDS.join('|')} NAME [--to FOLDER]\n`);
    return 2;
  }
  const examples = join(root, 'examples');
  const folder = values.to === undefined ? join(examples, name) : resolve(values.to);
  for (const file of scaffold(kind as Kind, name, folder)) process.stdout.write(`${file}\n`);
  const test = dirname(folder) === examples ? `npm run vitest -- examples/${name}` : 'npm install && npm test';
  process.stdout.write(`test it by: ${test}\n`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${isTrtxError(error) || error instanceof TypeError ? error.message : error}\n`);
  process.exitCode = 2;
}
