// Installs the dependencies with nothing but Node and npm: the pinned pnpm is fetched through npx, or taken from a
// previous install. A stamp in node_modules makes a second call cost a few milliseconds.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const modules = join(root, 'node_modules');
const stampFile = join(modules, '.trtx-install');
const windows = process.platform === 'win32';

/** The environment of every tool that is started: the workspace's own binaries, pnpm among them, come first on PATH. */
export function toolEnv() {
  const path = `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`;
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

function stamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

/**
 * Installs what the lockfile names, if that is not what is installed already.
 *
 * @param {{ say: (line: string) => void, quiet?: boolean, force?: boolean }} options `quiet` keeps stdout empty.
 */
export function ensureInstalled({ say, quiet = false, force = false }) {
  const wanted = stamp();
  if (!force && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  say(`installing dependencies (${packageManager}, frozen lockfile)`);
  const args = ['--yes', '--loglevel=error', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'];
  const child = spawnSync('npx', args, {
    cwd: root,
    // CI=true keeps pnpm from asking anything.
    env: { ...toolEnv(), CI: 'true' },
    stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'],
    shell: windows,
  });
  if (child.status !== 0) {
    say(`the install failed${child.error ? `: ${child.error.message}` : ''}`);
    say('if a package.json changed, bring the lockfile up to date first: npx pnpm install --no-frozen-lockfile');
    process.exit(child.status || 1);
  }
  writeFileSync(stampFile, wanted);
}
