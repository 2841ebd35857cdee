import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * The bundle of everything that @trtx/runtime exports, from source, minified for browsers.
 *
 * @returns {Promise<{ text: string, bytes: number, gzip: number, files: [file: string, bytes: number][] }>} `files` are
 *   the sources by their share of the bundle, largest first.
 */
export async function measure() {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from '@trtx/runtime';`, resolveDir: join(here, '..') },
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
  const { contents, text } = outputFiles[0];
  const inputs = Object.values(metafile.outputs)[0].inputs;
  const files = Object.entries(inputs).map(
    ([file, { bytesInOutput }]) => /** @type {[string, number]} */ ([file.replace(/^.*packages\//, ''), bytesInOutput]),
  );
  return {
    text,
    bytes: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    files: files.sort(([, a], [, b]) => b - a),
  };
}
