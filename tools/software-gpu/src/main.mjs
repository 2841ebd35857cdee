#!/usr/bin/env node
// Starts a command with the software adapter in its environment: `software-gpu [--always | --auto] -- COMMAND ARGS`.
//
//   --always  the software adapter, whatever the machine has (the default; for tests)
//   --auto    the software adapter only where the machine has no real one
//
// TRTX_GPU=software or TRTX_GPU=system in the environment decides instead of either.
import { spawn } from 'node:child_process';
import { softwareGpuEnv } from './index.mjs';

const usage = 'usage: software-gpu [--always | --auto] -- COMMAND [ARGS...]';

/** Whether the command gets the software adapter. @param {string} mode */
async function wanted(mode) {
  if (process.env.TRTX_GPU === 'software') return true;
  if (process.env.TRTX_GPU === 'system') return false;
  if (mode === '--always') return true;
  // Whoever names a driver means it.
  if (process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES) return false;
  const { hasRealAdapter } = await import('./probe.mjs');
  return !(await hasRealAdapter());
}

const args = process.argv.slice(2);
const end = args.indexOf('--');
const [mode = '--always', ...rest] = args.slice(0, Math.max(end, 0));
const [command, ...commandArgs] = args.slice(end + 1);
if (end < 0 || !command || rest.length > 0 || !['--always', '--auto'].includes(mode)) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}

/** @type {Record<string, string> | null} */
let extra = null;
try {
  if (await wanted(mode)) extra = await softwareGpuEnv();
} catch (error) {
  // The command may do without: it sees that there is no adapter.
  process.stderr.write(`software-gpu: not set up: ${error instanceof Error ? error.message : error}\n`);
}
const child = spawn(command, commandArgs, {
  stdio: 'inherit',
  env: { ...process.env, ...extra },
  shell: process.platform === 'win32' && !command.endsWith('.exe'),
});
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('error', (error) => {
  process.stderr.write(`software-gpu: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code, signal) => {
  if (!signal) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
