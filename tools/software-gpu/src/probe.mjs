// Is there a real GPU? Asking loads every driver, which takes up to a second, so the answer is kept until the machine restarts.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { release, uptime } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from './cache.mjs';

async function bootId() {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    // Elsewhere the time of the boot, rounded so that it comes out the same each time.
    return `${release()} ${Math.round((Date.now() / 1000 - uptime()) / 600)}`;
  }
}

/** What, besides a restart, changes the answer. */
const variables = [
  'VK_ICD_FILENAMES',
  'VK_DRIVER_FILES',
  'VK_ADD_DRIVER_FILES',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
];

/**
 * Whether Dawn finds a hardware adapter on this machine without the software driver. Asked once per boot and
 * environment, in a process of its own so that a driver that crashes counts as none.
 */
export async function hasRealAdapter() {
  const basis = [await bootId(), process.version, ...variables.map((name) => process.env[name] ?? '')];
  const file = join(cacheDir, `adapter-${createHash('sha256').update(basis.join('\n')).digest('hex').slice(0, 16)}`);
  try {
    return (await readFile(file, 'utf8')) === 'real';
  } catch {}
  const script = fileURLToPath(new URL('./probe-child.mjs', import.meta.url));
  const answer = await new Promise((resolve) => {
    execFile(process.execPath, [script], { timeout: 30_000 }, (_error, stdout) => {
      resolve(stdout.trim() === 'real' ? 'real' : 'none');
    });
  });
  await mkdir(cacheDir, { recursive: true });
  await writeFile(`${file}.${process.pid}`, answer);
  await rename(`${file}.${process.pid}`, file);
  return answer === 'real';
}
