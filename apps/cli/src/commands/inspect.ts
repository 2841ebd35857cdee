// trtx inspect: what is in a model or an engine, without running it.

import { inspectEngine } from '@trtx/engine';
import { surveyModel } from '@trtx/onnx';
import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import { readBytes } from '../files.ts';
import { isEngineFile } from '../model.ts';
import { engineRows } from '../report/engine.ts';
import { modelData, modelRows } from '../report/model.ts';
import type { Session } from '../session.ts';
import { bytesText, table } from '../text.ts';

export function addInspect(program: Command, session: Session): void {
  addCommand(program, {
    usage: 'inspect <file>',
    summary: 'Tells what is in an ONNX model or an engine file, which are told apart by their contents.',
    examples: ['trtx inspect model.onnx', 'trtx inspect model.trtx --json'],
  }).action((file: string) => inspect(file, session));
}

async function inspect(file: string, session: Session): Promise<void> {
  const engine = await isEngineFile(file);
  const bytes = await readBytes(file);
  if (engine) {
    const summary = inspectEngine(bytes);
    session.result({ kind: 'engine', file, ...summary }, [
      `${file}: engine of ${bytesText(bytes.length)}, built by ${summary.builder}`,
      ...table(engineRows(summary), '  '),
    ]);
  } else {
    const survey = surveyModel(bytes);
    session.result({ kind: 'model', file, fileBytes: bytes.length, ...modelData(survey) }, [
      `${file}: ONNX model`,
      ...table(modelRows(survey, bytes.length), '  '),
    ]);
  }
}
