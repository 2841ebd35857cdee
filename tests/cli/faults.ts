// Machines that are not at hand: this one, with something about it changed for the command that runs.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folder } from './command.ts';

/** The environment of a command that finds an adapter without timestamps. */
export function withoutTimestamps(): Record<string, string> {
  return preloaded(`${WEBGPU}
    const { prototype } = globals.GPU;
    const { requestAdapter } = prototype;
    prototype.requestAdapter = async function (options) {
      const adapter = await requestAdapter.call(this, options);
      const features = new Set([...adapter.features].filter((name) => !name.includes('timestamp')));
      return Object.defineProperty(adapter, 'features', { value: features });
    };`);
}

/**
 * The environment of a command whose device has a timer that stands still, or goes backwards. It finds nothing in a cache of
 * what the device can do.
 */
export function withTimer(fault: 'still' | 'backwards'): Record<string, string> {
  const env = preloaded(`${WEBGPU}
    const { prototype } = globals.GPUBuffer;
    const { getMappedRange } = prototype;
    // What is read back of a set of queries is of this size.
    prototype.getMappedRange = function (...range) {
      const bytes = getMappedRange.apply(this, range);
      if (this.size % 32768 === 0) {
        const times = new BigInt64Array(bytes);
        for (let i = 0; i < times.length; i++) times[i] = ${fault === 'still' ? '7n' : '-times[i]'};
      }
      return bytes;
    };`);
  return { ...env, XDG_CACHE_HOME: folder() };
}

/** The environment of a command on a machine whose disk is full. */
export function withFullDisk(): Record<string, string> {
  return preloaded(`
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { open } = fs;
    fs.open = async (path, flags, ...rest) => {
      const file = await open(path, flags, ...rest);
      if (/[wa+]/.test(flags ?? 'r'))
        file.writeFile = file.write = async () => {
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        };
      return file;
    };
    syncBuiltinESMExports();`);
}

/** Of the package that the command loads. */
const WEBGPU = `import { globals } from ${JSON.stringify(
  pathToFileURL(createRequire(new URL('../../apps/cli/package.json', import.meta.url)).resolve('webgpu')).href,
)};`;

/** The environment of a command before which a module runs. */
function preloaded(code: string): Record<string, string> {
  const dir = folder();
  const file = join(dir, 'preload.mjs');
  writeFileSync(file, code);
  const options = `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(file).href}`;
  return { NODE_OPTIONS: options };
}
