// docs/operators.md, from the op definitions, the kernels and the conformance cases.

import { supportOfOp } from '@trtx/builder';
import { type DType, type OpDef, type OpRegistry, opName } from '@trtx/ir';
import { NEWEST_OPSET, rewrittenBelow, SUCCESSORS, spelledNames } from '@trtx/onnx';
import type { PlacesByOp } from '../backends.ts';
import type { Expected } from '../expected.ts';
import { type CasesByOp, passedText } from './tally.ts';

export interface PageInput {
  readonly registry: OpRegistry;
  readonly cases: CasesByOp;
  readonly expected: Readonly<Record<'reference' | 'webgpu', Expected>>;
  /** Where the nodes of the cases were computed. */
  readonly places: PlacesByOp;
}

const COLUMNS = ['op', 'since', 'types', 'computed', 'nodes on GPU / host', 'cases, WebGPU', 'cases, reference'];

export function operatorsPage(input: PageInput): string {
  const ops = [...input.registry].sort((a, b) => (opName(a) < opName(b) ? -1 : 1));
  const spelled = spelledNames().sort();
  const foreign = spelled.filter((op) => op.includes('::'));
  const rewritten = [...SUCCESSORS.keys(), ...spelled.filter((op) => !foreign.includes(op))].sort();
  const domains = [...new Set(ops.map(({ domain }) => domain))].sort();
  return [
    '# Operators',
    '',
    'Written by `npm run -s operators`; do not edit. Models may be of any opset from 1 to ' +
      `${NEWEST_OPSET}: nodes of older versions are brought to the newest.`,
    '',
    '- **since**: the version whose semantics the op has; in brackets those below which nodes are rewritten.',
    '- **types**: of the first input. What the GPU has no form for (texts, float64, complex numbers) the host computes.',
    '- **computed**: by which kernels of the GPU, or where else, as far as types and attributes do not say otherwise.',
    '- **nodes on GPU / host**: of the cases, in the latest whole run; those that are done at build are not counted.',
    "- **cases**: of the ONNX project's, those whose model has the op and that pass.",
    ...domains.flatMap((domain) => [
      '',
      `## ${domain || 'ai.onnx'}`,
      '',
      ...table(
        COLUMNS,
        ops.filter((op) => op.domain === domain).map((op) => definedRow(op, input)),
      ),
    ]),
    '',
    '## Rewritten at import',
    '',
    'These ops become others, or are written out in several.',
    '',
    ...table(
      ['op', 'ends in', 'nodes on GPU / host', 'cases, WebGPU', 'cases, reference'],
      rewritten.map((op) => [op, SUCCESSORS.get(op) ?? '', ...ranCells(op, input)]),
    ),
    '',
    `Of other domains: ${foreign.join(', ')}.`,
    ...missingOps(input),
    '',
  ].join('\n');
}

/** What cases have and nothing here knows. */
function missingOps({ registry, cases }: PageInput): string[] {
  const known = new Set(['Constant', ...SUCCESSORS.keys(), ...spelledNames(), ...[...registry].map(opName)]);
  const missing = [...cases.keys()].filter((op) => !known.has(op)).sort();
  const rows = missing.map((op) => [op, String(cases.get(op)!.length)]);
  return missing.length === 0 ? [] : ['', '## Not supported', '', ...table(['op', 'cases'], rows)];
}

function definedRow(op: OpDef, input: PageInput): string[] {
  const { kind, reason } = supportOfOp(op);
  const older = op.domain === '' ? rewrittenBelow(op.name) : [];
  return [
    op.name,
    `${op.since}${older.length > 0 ? ` (${older.join(', ')})` : ''}`,
    typesText(op.inputs[0]?.types),
    kind === 'gpu' ? `GPU: ${reason}` : `${kind}: ${reason}`,
    ...ranCells(opName(op), input),
  ];
}

function ranCells(op: string, { cases, expected, places }: PageInput): string[] {
  const { gpu = 0, host = 0 } = places[op] ?? {};
  const own = cases.get(op);
  return [
    gpu + host > 0 ? `${gpu} / ${host}` : '',
    own ? passedText(own, expected.webgpu) : '',
    own ? passedText(own, expected.reference) : '',
  ];
}

const SETS: readonly (readonly [string, readonly DType[]])[] = [
  ['floats', ['float32', 'float16', 'bfloat16', 'float64']],
  ['integers', ['int64', 'int32', 'int16', 'int8', 'uint64', 'uint32', 'uint16', 'uint8']],
  ['8-bit floats', ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz']],
  ['4- and 2-bit integers', ['int4', 'uint4', 'int2', 'uint2']],
  ['complex numbers', ['complex64', 'complex128']],
];

/** Types by the names of the sets that they make up. */
function typesText(types: readonly DType[] | undefined): string {
  if (!types) return 'any';
  const names: string[] = [];
  let rest = [...types];
  for (const [name, set] of SETS)
    if (set.every((dtype) => rest.includes(dtype))) {
      names.push(name);
      rest = rest.filter((dtype) => !set.includes(dtype));
    }
  return [...names, ...rest].join(', ');
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
}

/** What the page says of where nodes were computed: all of it that needs a run. */
export function placesIn(page: string): PlacesByOp {
  const places: Record<string, { gpu: number; build: number; host: number }> = {};
  let domain = '';
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) domain = line === '## ai.onnx' || line.includes(' ', 3) ? '' : line.slice(3);
    const [, op = '', gpu, host] = /^\| (\w+) \|.* \| (\d+) \/ (\d+) \|/.exec(line) ?? [];
    if (gpu) places[opName({ domain, name: op })] = { gpu: Number(gpu), build: 0, host: Number(host) };
  }
  return places;
}
