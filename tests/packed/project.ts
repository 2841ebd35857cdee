// An empty project of a user's, with packed packages in it. Nothing comes from a registry: packages of others are those that
// the workspace has, by link.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Packed, root } from './tarballs.ts';

export type Manager = 'npm' | 'pnpm';

export interface ProjectOptions {
  readonly manager: Manager;
  /** Packages by name: of @trtx, of others, or folders of a package. */
  readonly install: readonly string[];
  /** A folder whose files the project has; the packages that its manifest names are installed as well. */
  readonly from?: string;
}

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export class Project {
  readonly folder: string;
  readonly #packed: Packed;

  /** @throws Error with what the package manager printed, where it fails */
  constructor(packed: Packed, { manager, install, from }: ProjectOptions) {
    this.#packed = packed;
    // Real, since package managers tell paths apart by their text.
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), `trtx-${manager}-`)));
    if (from) this.#copy(from);
    // Peers are the user's to install.
    const peers = install.filter(isFolder).flatMap((name) => Object.keys(manifestOf(name).peerDependencies ?? {}));
    const wanted = new Set([...install, ...peers, ...(from ? namedBy(from) : [])]);
    const dependencies = Object.fromEntries([...wanted].map((name) => this.#dependency(name, manager)));
    const all = [...packed.tarballs.keys(), ...packed.others.keys()];
    const overrides = Object.fromEntries(all.map((name) => this.#dependency(name, manager)));
    const manifest = {
      name: 'project',
      version: '1.0.0',
      private: true,
      type: 'module',
      dependencies,
      ...(manager === 'npm' ? { overrides } : { pnpm: { overrides } }),
    };
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify(manifest, null, 2));
    const args =
      manager === 'npm'
        ? ['npm', 'install', '--offline', '--no-audit', '--no-fund']
        : [join(root, 'node_modules/.bin/pnpm'), 'install', '--offline', '--ignore-scripts'];
    const { status, out, err } = this.run(args[0]!, ...args.slice(1));
    if (status !== 0) throw new Error(`${args.join(' ')} in ${this.folder}:\n${out}${err}`);
  }

  /** Names of all packages that were installed, those of dependencies too. */
  packages(): string[] {
    const modules = join(this.folder, 'node_modules');
    const store = join(modules, '.pnpm');
    const homes = existsSync(store) ? readdirSync(store).map((name) => join(store, name, 'node_modules')) : [modules];
    return [...new Set(homes.filter(existsSync).flatMap(packagesIn))].sort();
  }

  write(name: string, contents: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, contents);
    return path;
  }

  /** Runs a command of the project's, or of the machine's, to its end. */
  run(command: string, ...args: string[]): Outcome {
    const own = join(this.folder, 'node_modules', '.bin', command);
    const done = spawnSync(existsSync(own) ? own : command, args, {
      cwd: this.folder,
      encoding: 'utf8',
      // The tests' own conditions and vitest's environment are not the user's.
      env: { ...environment(), CI: 'true', NO_COLOR: '1' },
    });
    return { status: done.status, out: done.stdout, err: `${done.stderr}${done.error ?? ''}` };
  }

  #dependency(name: string, manager: Manager): [string, string] {
    const tarball = this.#packed.tarballs.get(name);
    if (tarball) return [name, `file:${tarball}`];
    if (isFolder(name)) return [manifestOf(name).name, `file:${this.#packageOf(name)}`];
    const folder = realpathSync(this.#packed.others.get(name) ?? join(root, 'node_modules', name));
    return [name, `${manager === 'npm' ? 'file' : 'link'}:${folder}`];
  }

  /** The tarball of a package of the user's. */
  #packageOf(folder: string): string {
    const done = spawnSync('npm', ['pack', '--silent', folder], { cwd: this.folder, encoding: 'utf8' });
    return join(this.folder, done.stdout.trim());
  }

  #copy(from: string): void {
    for (const name of readdirSync(from))
      if (name !== 'node_modules') cpSync(join(from, name), join(this.folder, name), { recursive: true });
  }
}

function isFolder(name: string): boolean {
  return existsSync(join(name, 'package.json'));
}

interface UserManifest {
  readonly name: string;
  readonly peerDependencies?: object;
  readonly devDependencies?: object;
}

function manifestOf(folder: string): UserManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as UserManifest;
}

/** The packages that a folder's manifest names. */
function namedBy(folder: string): string[] {
  const { peerDependencies, devDependencies } = manifestOf(folder);
  return Object.keys({ ...peerDependencies, ...devDependencies });
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)).map((sub) => `${name}/${sub}`) : name));
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_OPTIONS|NODE_ENV$|TEST$|TSX_)/i.test(name)),
  );
}
