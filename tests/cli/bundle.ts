// The command as one file, made from the sources once for each test file: a process then starts in a quarter of the time
// that it takes to load them one by one.

import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const cli = new URL('../../apps/cli/', import.meta.url);

/** What has native code, which no bundle holds. */
const NATIVE = ['webgpu', '@napi-rs/canvas', 'onnxruntime-node'];

// Below the package's node_modules, so that what is left out of the bundle is found.
const folder = fileURLToPath(new URL(`node_modules/.cache/trtx-test-${process.pid}`, cli));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let bundled: Promise<string> | undefined;

/** The path of the bundle, which goes with the test file. */
export function bundledCommand(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const outfile = `${folder}/main.mjs`;
  await bundleInto(outfile, fileURLToPath(new URL('src/main.ts', cli)));
  return outfile;
}

/** Writes a module and what it imports as one file, as the command and plugins of tests are. */
export async function bundleInto(outfile: string, entry: string): Promise<void> {
  const { build }: { build(options: object): Promise<unknown> } = createRequire(new URL('package.json', cli))(
    'esbuild',
  );
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@trtx/source'],
    external: NATIVE,
    // Packages in the older format ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'error',
  });
}
