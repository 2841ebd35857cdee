import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * A module as a browser gets it: bundled with all that it imports, from source, minified.
 *
 * @param {{ code: string } | { file: string }} entry the module's text, or its path
 */
export async function bundle(entry) {
  const { outputFiles, metafile } = await build({
    ...('file' in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.code, resolveDir: join(here, '..') } }),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@trtx/source'],
    write: false,
    metafile: true,
    legalComments: 'none',
  });
  const [{ contents, text }] = outputFiles;
  return { contents, text, inputs: Object.values(metafile.outputs)[0].inputs };
}
