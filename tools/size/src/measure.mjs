import { gzipSync } from 'node:zlib';
import { bundle } from './bundle.mjs';

/** The budget of the whole runtime, in bytes, gzipped. */
export const LIMIT = 25_600;

/**
 * The bundle of everything that @trtx/runtime exports.
 *
 * @returns {Promise<{ text: string, bytes: number, gzip: number, files: [file: string, bytes: number][] }>} `files` are
 *   the sources by their share of the bundle, largest first.
 */
export async function measure() {
  const { contents, text, inputs } = await bundle({ code: `export * from '@trtx/runtime';` });
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
