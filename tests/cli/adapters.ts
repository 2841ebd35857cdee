// Adapters that are not at hand: the one there is with something hidden from the command that runs.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folder } from './command.ts';

/** The environment of a command that finds an adapter without timestamps. */
export function withoutTimestamps(): Record<string, string> {
  const webgpu = createRequire(new URL('../../apps/cli/package.json', import.meta.url)).resolve('webgpu');
  const file = join(folder(), 'no-timestamps.mjs');
  writeFileSync(
    file,
    `import { globals } from ${JSON.stringify(pathToFileURL(webgpu).href)};
     const { prototype } = globals.GPU;
     const { requestAdapter } = prototype;
     prototype.requestAdapter = async function (options) {
       const adapter = await requestAdapter.call(this, options);
       const features = new Set([...adapter.features].filter((name) => !name.includes('timestamp')));
       return Object.defineProperty(adapter, 'features', { value: features });
     };`,
  );
  return { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(file).href}` };
}
