// Exporting to the disk. Files are written under another name and then renamed, so a reader never sees half of one; names
// are chosen here, never taken from a model that was imported.

import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Graph } from '@trtx/ir';
import { type ExportedFile, type ExportOptions, exportParts } from '../export/export.ts';

/**
 * Writes the graph as an ONNX file; with `external`, its weights as `<file>.data` beside it, which models past 2 GB need.
 * @throws TrtxError ONNX_EXPORT, and errors of the file system
 */
export async function exportFile(
  graph: Graph,
  path: string,
  options: ExportOptions & { external?: boolean } = {},
): Promise<void> {
  const location = `${basename(path)}.data`;
  const { external, ...rest } = options;
  const { model, weights } = exportParts(graph, external ? { ...rest, external: { location } } : rest);
  if (weights) await writeWhole(join(dirname(path), location), weights);
  await writeWhole(path, model);
}

async function writeWhole(path: string, { parts }: ExportedFile): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  const handle = await open(draft, 'wx');
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.close();
    await rename(draft, path);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}
