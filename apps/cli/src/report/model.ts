// A model's survey, as data and for people.

import { quote } from '@trtx/errors';
import type { DeclaredValue, ModelSurvey, UnsupportedOp } from '@trtx/onnx';
import { bytesText } from '../text.ts';

/** The survey as plain JSON: maps as objects, the default domain by its name. */
export function modelData(survey: ModelSurvey): Record<string, unknown> {
  const { opsets, opCounts, properties, modelVersion, versions: _, named: __, ...rest } = survey;
  return {
    ...rest,
    modelVersion: String(modelVersion),
    opsets: Object.fromEntries([...opsets].map(([domain, version]) => [domain || 'ai.onnx', version])),
    ops: Object.fromEntries(opCounts),
    properties: Object.fromEntries(properties),
  };
}

/** What a model takes, gives and consists of, and all that is not supported: rows of a name and a text. */
export function modelRows(survey: ModelSurvey, fileBytes: number): [string, string][] {
  const { inputs, outputs, opsets, opCounts, unsupported, externalFiles, functions, nodesInSubgraphs } = survey;
  const ops = [...opCounts].map(([op, count]) => `${quote(op)} ${count}`);
  const producer = [survey.producer, survey.producerVersion].filter(Boolean).join(' ');
  return [
    ...inputs.map((value): [string, string] => ['input', valueText(value)]),
    ...outputs.map((value): [string, string] => ['output', valueText(value)]),
    ['opset', [...opsets].map(([domain, version]) => `${quote(domain || 'ai.onnx')} ${version}`).join(', ')],
    ['producer', producer ? quote(producer) : 'not named'],
    ['parameters', survey.parameters.toLocaleString('en-US')],
    [
      'file',
      `${bytesText(fileBytes)}${externalFiles.length > 0 ? `, and ${externalFiles.map(quote).join(', ')}` : ''}`,
    ],
    ...(functions.length > 0 ? [['functions', functions.map(quote).join(', ')] as [string, string]] : []),
    ['nodes', `${survey.nodes}${nodesInSubgraphs > 0 ? `, and ${nodesInSubgraphs} in subgraphs` : ''}`],
    ['ops', ops.join(', ') || 'none'],
    ['unsupported', unsupported.length === 0 ? 'nothing' : `${unsupported.length} ops`],
    ...unsupported.map((op): [string, string] => ['', unsupportedText(op)]),
  ];
}

export function valueText({ name, type, dims }: DeclaredValue): string {
  const shape = dims ? `[${dims.map((dim) => (dim === null ? '?' : quote(String(dim)))).join(', ')}]` : ' of any shape';
  return `${quote(name)}: ${quote(type)}${shape}`;
}

function unsupportedText({ op, domain, version, count, nodes, reason }: UnsupportedOp): string {
  const more = count > nodes.length ? ', …' : '';
  const where = `${nodes.map(quote).join(', ')}${more}`;
  return `${quote(op)} × ${count} (${quote(domain || 'ai.onnx')} ${version}): ${reason} (${where})`;
}
