// Adapters that are not at hand: the one there is, with something about it changed for the command that runs.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folder } from './command.ts';

/** The environment of a command that finds an adapter without timestamps. */
export function withoutTimestamps(): Record<string, string> {
  return preloaded(`
    const { prototype } = globals.GPU;
    const { requestAdapter } = prototype;
    prototype.requestAdapter = async function (options) {
      const adapter = await requestAdapter.call(this, options);
      const features = new Set([...adapter.features].filter((name) => !name.includes('timestamp')));
      return Object.defineProperty(adapter, 'features', { value: features });
    };`);
}

/** The environment of a command whose device has a timer that stands still, or goes backwards. */
export function withTimer(fault: 'still' | 'backwards'): Record<string, string> {
  return preloaded(`
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
}

/** A command before which a module changes WebGPU; it keeps nothing of such a device. */
function preloaded(code: string): Record<string, string> {
  const webgpu = createRequire(new URL('../../apps/cli/package.json', import.meta.url)).resolve('webgpu');
  const dir = folder();
  const file = join(dir, 'preload.mjs');
  writeFileSync(file, `import { globals } from ${JSON.stringify(pathToFileURL(webgpu).href)};${code}`);
  const options = `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(file).href}`;
  return { NODE_OPTIONS: options, XDG_CACHE_HOME: dir };
}
