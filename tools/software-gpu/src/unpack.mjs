// Unpacking, apart from the rest because only a cold cache needs it.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar-fs';

/**
 * Unpacks a brotli-packed tar into a folder.
 *
 * @param {string} file
 * @param {string} into
 * @param {(name: string) => boolean} wanted
 */
export async function unpackTar(file, into, wanted = () => true) {
  const ignore = (/** @type {string} */ _path, /** @type {{ name: string } | undefined} */ header) =>
    header !== undefined && !wanted(header.name);
  // The owners in the archive are another machine's.
  const options = { ignore, chown: false };
  await pipeline(createReadStream(file), createBrotliDecompress(), extract(into, options));
}

/**
 * Unpacks a brotli-packed file.
 *
 * @param {string} file
 * @param {string} to
 * @param {number} mode
 */
export async function unpackFile(file, to, mode) {
  await pipeline(createReadStream(file), createBrotliDecompress(), createWriteStream(to, { mode }));
}
