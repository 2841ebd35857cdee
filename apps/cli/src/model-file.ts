// Writing ONNX models: with their weights in a file beside them, where those of the sources were.

import { basename, dirname, join } from 'node:path';
import type { Logger } from '@trtx/errors';
import type { Graph } from '@trtx/ir';
import {
  type ExportOptions,
  exportParts,
  type ModelMetadata,
  NOT_IN_ONNX_RUNTIME,
  OLDEST_EXPORTED_OPSET,
} from '@trtx/onnx';
import { requireOutput, writeWhole } from './files.ts';

/** The newest opset that other engines take; a newer one has to be asked for. */
export const NEWEST_BY_DEFAULT = 26;

/** The opset that a model is written in again: its own, where that can be. */
export function outputOpset({ opsets }: ModelMetadata): number {
  return Math.min(Math.max(opsets.get('') ?? 0, OLDEST_EXPORTED_OPSET), NEWEST_BY_DEFAULT);
}

/** A model that is read, and the files beside it that hold its weights. */
export interface ModelSource {
  readonly file: string;
  readonly externalFiles: readonly string[];
}

export interface ModelTargets {
  readonly model: string;
  /** The file of the weights; undefined where they go into the model. */
  readonly weights: string | undefined;
}

/**
 * The files that a model will be written to.
 * @throws TrtxError FILE_WRITE where they cannot be written, USAGE where one of them would replace a file of a source
 */
export async function modelTargets(output: string, sources: readonly ModelSource[]): Promise<ModelTargets> {
  const isExternal = sources.some(({ externalFiles }) => externalFiles.length > 0);
  const weights = isExternal ? `${output}.data` : undefined;
  for (const { file, externalFiles } of sources)
    for (const source of [file, ...externalFiles.map((name) => join(dirname(file), name))])
      for (const target of [output, weights]) if (target) await requireOutput(target, source);
  return { model: output, weights };
}

export interface WrittenModel {
  /** The graph as it is in the file. */
  readonly written: Graph;
  /** Bytes by file. */
  readonly files: Readonly<Record<string, number>>;
}

interface WriteOptions extends Pick<ExportOptions, 'shorten'> {
  readonly opset: number;
  readonly model: ModelMetadata;
  /** Is told what was written. */
  readonly log: Logger;
}

/**
 * Writes a model; what its source said about itself is kept.
 * @throws TrtxError ONNX_EXPORT, FILE_WRITE
 */
export async function writeModel(
  graph: Graph,
  targets: ModelTargets,
  { opset, model, shorten, log }: WriteOptions,
): Promise<WrittenModel> {
  const parts = exportParts(graph, {
    opset,
    avoid: NOT_IN_ONNX_RUNTIME,
    shorten,
    producer: model.producer || undefined,
    producerVersion: model.producer ? model.producerVersion : undefined,
    metadata: model,
    ...(targets.weights ? { external: { location: basename(targets.weights) } } : {}),
  });
  const files: Record<string, number> = {};
  if (targets.weights && parts.weights) {
    await writeWhole(targets.weights, parts.weights.parts);
    files[targets.weights] = parts.weights.size;
  }
  await writeWhole(targets.model, parts.model.parts);
  files[targets.model] = parts.model.size;
  for (const [file, bytes] of Object.entries(files))
    log({ severity: 'info', message: `wrote ${bytes} bytes, opset ${opset}`, file });
  return { written: parts.written, files };
}
