// Every `npm run` script of the root: `node tools/bootstrap/run.mjs TASK ARGS`. Needs only Node; installs the rest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, toolEnv } from './install.mjs';

const [task = '', ...args] = process.argv.slice(2);
const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);

/** @param {string} line */
function say(line) {
  process.stderr.write(`trtx: ${line}\n`);
}

/**
 * Runs a command of the workspace with the terminal handed through; its exit status, never an exception.
 *
 * @param {string} command
 * @param {string[]} commandArgs
 * @param {Record<string, string>} env Set in addition.
 */
function spawn(command, commandArgs, cwd = root, env = {}) {
  const shell = process.platform === 'win32' && !command.endsWith('.exe');
  const child = spawnSync(command, commandArgs, { cwd, env: { ...toolEnv(), ...env }, stdio: 'inherit', shell });
  if (child.error) say(child.error.message);
  return child.status ?? 1;
}

/**
 * Runs a command with the software adapter in its environment.
 *
 * @param {'--auto' | '--always'} mode See tools/software-gpu.
 * @param {string[]} command
 * @param {string} [cwd]
 * @param {Record<string, string>} [env]
 */
function underGpu(mode, command, cwd, env) {
  const wrapper = join(root, 'tools', 'software-gpu', 'src', 'main.mjs');
  return spawn(process.execPath, [wrapper, mode, '--', ...command], cwd, env);
}

/** Runs an app from its sources, in the folder that the user is in. */
function fromSource(/** @type {string} */ file, config = 'tsconfig.base.json') {
  const main = join(root, file);
  const node = [process.execPath, '--conditions=@trtx/source', '--import', import.meta.resolve('tsx')];
  const env = { TSX_TSCONFIG_PATH: join(root, config) };
  return underGpu('--auto', [...node, main, ...args], process.env.INIT_CWD, env);
}

/** The folders that hold code. */
const folders = () => ['packages', 'apps', 'tools', 'tests'].filter((name) => existsSync(join(root, name)));

/** The steps of `npm test`, in order; the name is what is printed. */
const steps = {
  lint: () => spawn(bin('biome'), ['check', '--error-on-warnings', '--diagnostic-level=warn', ...args]),
  // Imports are sorted only in files that are formatted already.
  format: () =>
    spawn(bin('biome'), ['format', '--write', ...args]) || spawn(bin('biome'), ['check', '--write', ...args]),
  'check:deps': () => spawn(bin('depcruise'), ['--config', '.dependency-cruiser.mjs', ...folders()]),
  typecheck: () => spawn(bin('tsc'), ['--noEmit', '--pretty']),
  build: () => spawn(bin('turbo'), ['run', 'build', '--output-logs=errors-only', ...args]),
  vitest: () => underGpu('--always', [bin('vitest'), 'run', ...args]),
};

/** Everything that must hold, in the order of what fails fastest. Stops at the first failure. */
function test() {
  const full = args.includes('--full');
  const report = join(root, 'node_modules', '.cache', 'trtx', 'vitest.json');
  mkdirSync(join(report, '..'), { recursive: true });
  const rest = args.filter((arg) => arg !== '--full');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const all = [
    {
      name: 'format and lint',
      run: () => spawn(bin('biome'), ['check', '--error-on-warnings', '--diagnostic-level=warn']),
    },
    { name: 'package boundaries', run: steps['check:deps'] },
    { name: 'types', run: steps.typecheck },
    { name: 'build', run: () => spawn(bin('turbo'), ['run', 'build', '--output-logs=errors-only']) },
    { name: 'built packages', run: () => spawn(process.execPath, [join(root, 'tools/bootstrap/check-built.mjs')]) },
    {
      name: full ? 'tests, heavy ones too' : 'tests',
      run: () =>
        underGpu('--always', [bin('vitest'), 'run', ...reporters, ...(full ? [] : ['--project', 'unit']), ...rest]),
    },
  ];
  for (const { name, run } of all) {
    say(name);
    const status = run();
    if (status !== 0) {
      say(`failed: ${name}`);
      return status;
    }
  }
  return 0;
}

/** Starts the script `name` of a package that has it. */
function packageScript(/** @type {string} */ dir, /** @type {string} */ name) {
  const file = join(root, dir, 'package.json');
  if (!existsSync(file) || !JSON.parse(readFileSync(file, 'utf8')).scripts?.[name]) {
    say(`${dir} has no script "${name}"`);
    return 1;
  }
  return spawn(bin('pnpm'), ['--silent', '--dir', dir, 'run', name, ...args]);
}

/** @type {Record<string, () => number>} */
const tasks = {
  setup: () => 0,
  test,
  ...steps,
  trtx: () => fromSource('apps/cli/src/main.ts'),
  size: () => packageScript('tools/size', 'size'),
  demo: () => fromSource('apps/demo/src/main.ts'),
  bench: () => fromSource('tools/bench/src/main.ts'),
  conformance: () => fromSource('tools/conformance/src/main.ts'),
  nodes: () => fromSource('tools/nodes/src/main.ts'),
  accuracy: () => fromSource('tools/accuracy/src/main.ts'),
  'verify:gpu': () => fromSource('tests/gpu/verify.ts', 'tests/gpu/tsconfig.json'),
  operators: () => fromSource('tools/conformance/src/operators/main.ts'),
  new: () => fromSource('tools/new/src/main.ts'),
  release: () => spawn(process.execPath, [join(root, 'tools', 'release', 'src', 'main.mjs'), ...args]),
};

const run = tasks[task];
if (!run) {
  say(`no task "${task}"; there are ${Object.keys(tasks).join(', ')}`);
  process.exit(2);
}
ensureInstalled({
  say,
  quiet: ['trtx', 'size', 'conformance', 'nodes', 'accuracy'].includes(task),
  force: task === 'setup',
});
process.exitCode = run();
