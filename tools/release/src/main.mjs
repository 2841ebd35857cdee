// A release of all packages at one version: `npm run release -- --dry-run [--out DIR]` makes the tarballs that would be
// published, `npm run release -- --publish` publishes them from a clean tree whose versions are set already.
//
// The dry run works in a clone, so the tree stays as it is; what is not committed is not in it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, toolEnv } from '../../bootstrap/install.mjs';

const { values } = parseArgs({
  options: { 'dry-run': { type: 'boolean' }, publish: { type: 'boolean' }, out: { type: 'string' } },
});

/** @param {string} line */
function say(line) {
  process.stderr.write(`release: ${line}\n`);
}

/**
 * Runs a command to its end and gives its output; ends the release if it fails.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
function run(cwd, command, ...args) {
  const env = { ...toolEnv(), CI: 'true', NO_COLOR: '1' };
  const shell = process.platform === 'win32';
  const child = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28, shell });
  if (child.status === 0) return child.stdout;
  process.stderr.write(`${child.stdout ?? ''}${child.stderr ?? ''}`);
  throw new Error(`${command} ${args.join(' ')} failed${child.error ? `: ${child.error.message}` : ''}`);
}

/** The folders of what is published: every package and app that is not private. @param {string} dir */
function published(dir) {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(dir, group))
      .map((name) => join(dir, group, name))
      .filter((folder) => !JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private),
  );
}

/** Packs every published package of the built tree `dir`; the tarballs' paths. @param {string} dir @param {string} out */
function pack(dir, out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const folder of published(dir)) run(folder, 'pnpm', 'pack', '--pack-destination', out);
  return readdirSync(out)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(out, name));
}

function dryRun() {
  const out = resolve(root, values.out ?? join('node_modules', '.cache', 'trtx', 'release'));
  const temporary = mkdtempSync(join(tmpdir(), 'trtx-release-'));
  const dir = join(temporary, 'trtx');
  try {
    if (run(root, 'git', 'status', '--porcelain').trim()) say('what is not committed is left out');
    run(root, 'git', 'clone', '--quiet', '--local', root, dir);
    say('installing');
    run(dir, 'pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--silent');
    const pending = readdirSync(join(dir, '.changeset')).filter((name) => /(?<!README)\.md$/.test(name)).length;
    say(`setting versions (${pending} pending changesets)`);
    if (pending > 0) run(dir, 'changeset', 'version');
    say('building');
    run(dir, 'turbo', 'run', 'build', '--output-logs=errors-only');
    say('packing');
    for (const file of pack(dir, out)) process.stdout.write(`${file} ${statSync(file).size}\n`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function publish() {
  if (run(root, 'git', 'status', '--porcelain').trim()) throw new Error('the tree has uncommitted changes');
  say('building');
  run(root, 'turbo', 'run', 'build', '--output-logs=errors-only');
  say('publishing what the registry does not have');
  process.stdout.write(run(root, 'changeset', 'publish'));
}

if (Boolean(values['dry-run']) === Boolean(values.publish)) {
  say('usage: npm run release -- (--dry-run [--out DIR] | --publish)');
  process.exit(2);
}
try {
  if (values.publish) publish();
  else dryRun();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
