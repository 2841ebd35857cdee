// Loads every export of every built package as a user would, without the source condition: what is in dist must
// resolve, load in plain Node and export names, and its types must be there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';

let failures = 0;
/** @param {string} message */
function fail(message) {
  failures++;
  console.error(message);
}

let count = 0;
for (const group of ['packages', 'apps']) {
  for (const name of readdirSync(join(root, group))) {
    const dir = join(root, group, name);
    if (!existsSync(join(dir, 'package.json'))) continue;
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    for (const [key, target] of Object.entries(manifest.exports ?? {})) {
      if (typeof target === 'string') continue;
      const label = `${manifest.name}${key.slice(1)}`;
      count++;
      if (!existsSync(join(dir, target.types))) fail(`${label}: no types at ${target.types}`);
      try {
        await import(pathToFileURL(join(dir, target.default)).href);
      } catch (error) {
        fail(`${label}: ${error instanceof Error ? error.message : error}`);
      }
    }
    for (const file of Object.values(manifest.bin ?? {})) {
      if (!existsSync(join(dir, file))) fail(`${manifest.name}: no ${file}`);
    }
  }
}
console.log(`${count} exports load`);
process.exitCode = failures > 0 ? 1 : 0;
