// Files as commands take them: a model or an engine, told apart by their first bytes.

import { open } from 'node:fs/promises';
import { HEADER_BYTES, readHeader } from '@trtx/engine';
import { isTrtxError, type Logger, quote, TrtxError } from '@trtx/errors';
import { parseProfile, printType } from '@trtx/ir';
import { type ImportedModel, type ImportOptions, surveyModel } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { readBytes, requireFile } from './files.ts';
import { readConstants, type ValueOptions } from './values.ts';

/** Whether the file is an engine, be it a damaged one. */
export async function isEngineFile(path: string): Promise<boolean> {
  await requireFile(path);
  const file = await open(path);
  try {
    const head = new Uint8Array(HEADER_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    readHeader(head.subarray(0, bytesRead));
    return true;
  } catch (error) {
    return isTrtxError(error) && error.code !== 'NOT_AN_ENGINE';
  } finally {
    await file.close();
  }
}

/**
 * @param log is told what was read
 * @param given inputs that are constants
 * @throws TrtxError FILE_READ, NOT_A_MODEL, and as `readConstants` and `importFile`
 */
export async function loadModel(
  path: string,
  log: Logger,
  options?: ImportOptions,
  given: ValueOptions = {},
): Promise<ImportedModel> {
  if (await isEngineFile(path))
    throw new TrtxError('NOT_A_MODEL', 'this is an engine, which is built already', {
      file: path,
      hint: 'Run it by `trtx run`, or name the ONNX model that it was built from.',
    });
  const start = performance.now();
  const constants = await readConstants(path, given);
  try {
    const valueRanges = given.valueRanges && parseProfile(given.valueRanges);
    const imported = await importFile(path, { ...options, constants, valueRanges });
    tellModel(log, path, imported, performance.now() - start);
    return imported;
  } catch (error) {
    throw isTrtxError(error) ? withDeciding(error, await readBytes(path), constants) : error;
  }
}

/** What was read, and what is given and gives: names and types. */
function tellModel(log: Logger, file: string, { graph, model, nodes }: ImportedModel, ms: number): void {
  const opsets = [...model.opsets].map(([domain, version]) => `${domain || 'ONNX'} ${version}`).join(', ');
  log({ severity: 'info', message: `read a model of ${nodes.length} nodes, opset ${opsets}`, ms, file });
  for (const { name, type } of graph.inputs)
    log({ severity: 'verbose', message: `input of ${printType(type)}`, tensor: name });
  for (const { name, value } of graph.outputs)
    log({ severity: 'verbose', message: `output of ${printType(value.type)}`, tensor: name });
}

/** Errors of shapes with the inputs that may decide them. */
function withDeciding(error: TrtxError, model: Uint8Array, known: ReadonlyMap<string, unknown> = new Map()): TrtxError {
  if (!error.code.startsWith('SHAPE')) return error;
  const open = surveyModel(model).inputs.filter(({ name, type, dims }) => {
    return !known.has(name) && DECIDING.test(type) && (dims?.length ?? 0) <= 1;
  });
  if (open.length === 0) return error;
  const { code, summary, place, details, cause, hint } = error;
  const names = open.map(({ name }) => `--constant ${quote(name)}=VALUE`).join(' ');
  const more = `Give the values of inputs that decide shapes or branches: ${names}.`;
  return new TrtxError(code, summary, { ...place, details, cause, hint: [hint, more].filter(Boolean).join(' ') });
}

/** Types of what steers. */
const DECIDING = /^(bool|u?int(8|16|32|64))$/;
