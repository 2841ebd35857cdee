// The published packages as the tarballs that a release would publish, of what is built from the working tree.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

const out = join(root, 'node_modules', '.cache', 'trtx', 'packed');

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Packed {
  /** The tarball of each published package. */
  readonly tarballs: ReadonlyMap<string, string>;
  /** Where each package of others lies that they depend on. */
  readonly others: ReadonlyMap<string, string>;
}

/** Builds what is not built yet, and packs. */
export function packAll(): Packed {
  run('turbo', 'run', 'build', '--output-logs=errors-only');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const tarballs = new Map<string, string>();
  const others = new Map<string, string>();
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  for (const folder of folders.filter((name) => existsSync(join(name, 'package.json')))) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    if (manifest.private) continue;
    const tarball = join(out, `${manifest.name.replace('@', '').replace('/', '-')}.tgz`);
    run('pnpm', '--dir', folder, 'pack', '--out', tarball);
    tarballs.set(manifest.name, tarball);
    const isOptional = (name: string) => manifest.peerDependenciesMeta?.[name]?.optional === true;
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
      if (!name.startsWith('@trtx/') && !isOptional(name)) others.set(name, join(folder, 'node_modules', name));
  }
  return { tarballs, others };
}

function run(command: string, ...args: string[]): void {
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, CI: 'true', TURBO_TELEMETRY_DISABLED: '1' };
  execFileSync(command, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
}
