// Two ways to compute a model beside each other, for people and programs.

import {
  departingIn,
  type Incomparable,
  type StagesReport,
  type TensorComparison,
  type ValuesReport,
} from '@trtx/debug';
import { quote } from '@trtx/errors';
import { numberText, table } from '../text.ts';

export interface CompareVerdict {
  readonly ok: boolean;
  readonly stages: StagesReport | undefined;
  readonly notes: readonly CompareNote[];
  /** Whether an engine works in float16. */
  readonly fp16: boolean;
}

/** What a reader has to know first. */
export interface CompareNote {
  readonly code: 'NOT_A_NUMBER';
  readonly tensor: string;
  readonly text: string;
}

/** Rows of tensors that are printed; programs get all. */
const MOST_ROWS = 10;
const MOST_DEPARTURES = 3;
const LABEL_LENGTH = 60;

/** Outputs with NaN in them, which may be equal on both sides. */
export function notesOf({ a, b, tensors }: ValuesReport): CompareNote[] {
  return tensors.flatMap((tensor) => {
    const sides = [tensor.a.nan > 0 ? a : '', tensor.b.nan > 0 ? b : ''].filter(Boolean);
    if (!tensor.isOutput || sides.length === 0) return [];
    const most = Math.max(tensor.a.nan, tensor.b.nan);
    const text = `the output ${quote(tensor.name)} has ${most} NaN in ${sides.join(' and in ')}`;
    return [{ code: 'NOT_A_NUMBER', tensor: tensor.name, text } as const];
  });
}

export function compareData(report: ValuesReport, { ok, stages, notes }: CompareVerdict): object {
  return {
    ...report,
    ok,
    ...(stages
      ? {
          blame: stages.blame,
          withoutEffect: stages.withoutEffect,
          // In the half that is to blame, where every tensor of the engine can be compared.
          departures: stages.departures.length > 0 ? stages.departures : report.departures,
        }
      : { departures: departingIn(report) }),
    notes,
  };
}

export function compareLines(
  report: ValuesReport,
  { file, ok, stages, notes, fp16 }: CompareVerdict & { readonly file: string },
): string[] {
  const { a, b, tensors, incomparable, onlyA, onlyB } = report;
  const wrong = tensors.filter((tensor) => !tensor.ok && !stages?.withoutEffect.includes(tensor.name));
  const begins = stages && stages.departures.length > 0 ? stages.departures : departingIn(report);
  return [
    `${file}: ${a} beside ${b}, ${tensors.length} tensors of both; ${a} alone has ${onlyA} more, ${b} ${onlyB}`,
    ...(wrong.length > 0 ? begins.slice(0, MOST_DEPARTURES).flatMap((one) => departureLines(one, report)) : []),
    ...(begins.length > MOST_DEPARTURES ? [`… it begins at ${begins.length} tensors`] : []),
    ...(stages && wrong.length > 0 ? [(fp16 ? BLAME_FLOAT16[stages.blame] : undefined) ?? BLAME[stages.blame]] : []),
    ...(wrong.length === 0 && tensors.length > MOST_ROWS ? [`the ${MOST_ROWS} that are farthest apart:`] : []),
    ...tensorTable(wrong.length > 0 ? wrong : farthest(tensors)),
    ...(wrong.length > MOST_ROWS ? [`… of ${wrong.length} tensors that depart`] : []),
    ...notComparedLines(incomparable, stages?.withoutEffect ?? []),
    ...notes.map(({ text }) => `note: ${text}`),
    ok
      ? `the same: every element within ${toleranceText(report)}`
      : `DIFFERENT: ${wrong.length} of ${tensors.length} tensors`,
  ];
}

/** Outputs first, since the comparison fails for them. */
function notComparedLines(incomparable: readonly Incomparable[], withoutEffect: readonly string[]): string[] {
  const lines = [
    ...[...incomparable]
      .sort((x, y) => Number(y.isOutput) - Number(x.isOutput))
      .map(({ name, reason }) => `not compared: ${quote(name)}, ${reason}`),
    ...withoutEffect.map((name) => `not compared: ${quote(name)}, which passes change without changing an output`),
  ];
  const more = lines.length > MOST_ROWS ? [`… of ${lines.length} that are not compared`] : [];
  return [...lines.slice(0, MOST_ROWS), ...more];
}

const BLAME: Readonly<Record<StagesReport['blame'], string>> = {
  kernels: 'to blame: kernels; the graph is right as passes left it. Next: trtx debug tactics',
  passes: 'to blame: passes; kernels compute the graph that passes left rightly. Next: trtx debug passes',
  both: 'to blame: passes and kernels. Next: trtx debug passes, trtx debug tactics',
  neither: 'to blame: rounding; passes and kernels are each within the tolerance, only both together are not',
};

/** Of an engine in float16, which the graph becomes behind the passes. */
const BLAME_FLOAT16: Partial<typeof BLAME> = {
  passes:
    'to blame: float16 itself, or passes; kernels compute the graph rightly. Next: trtx debug precision, trtx debug passes',
  both: 'to blame: float16 itself or passes, and kernels. Next: trtx debug precision, trtx debug passes, trtx debug tactics',
};

function departureLines(tensor: TensorComparison, { a, b }: ValuesReport): string[] {
  const { name, dims, reason, nodes, maker, histograms, sqnr } = tensor;
  const rows = [
    ['nodes', (maker?.nodes ?? nodes).join(', ') || 'none of the model'],
    ...(maker ? [['kernel', `${maker.tactic}, dispatch ${maker.dispatch}`]] : []),
    [a, `${histograms ? `${bars(histograms.values.a)}  ` : ''}${contentsText(tensor.a)}`],
    [b, `${histograms ? `${bars(histograms.values.b)}  ` : ''}${contentsText(tensor.b)}`],
    ...(histograms ? [['errors', errorsText(histograms.errors)]] : []),
    [
      'overall',
      `cosine ${tensor.cosine?.toFixed(8) ?? 'none'}, ${sqnr === null ? 'no SQNR' : `SQNR ${sqnr.toFixed(1)} dB`}`,
    ],
  ];
  return [`departs at ${quote(name)}[${dims.join(', ')}]: ${reason}`, ...table(rows, '  ')];
}

function contentsText({ nan, infinite, min, max }: TensorComparison['a']): string {
  const range = min === null ? 'no finite element' : `${numberText(min)} to ${numberText(max!)}`;
  return [range, ...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])].join(', ');
}

const BARS = [...' ▁▂▃▄▅▆▇█'];

function bars(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts.map((count) => BARS[Math.ceil((count / most) * (BARS.length - 1))]).join('');
}

/** Counts by decade: `below 1e-8: 12, 1e-7: 5, above: 1`. */
function errorsText(errors: readonly number[]): string {
  const cells = errors.map((count, i) => {
    const bound = i === errors.length - 1 ? 'from 1 on' : `below ${i === 8 ? '1' : `1e-${8 - i}`}`;
    return count > 0 ? `${count} ${bound}` : '';
  });
  return `${cells.filter(Boolean).join(', ')} of the largest element`;
}

function tensorTable(tensors: readonly TensorComparison[]): string[] {
  const rows = tensors
    .slice(0, MOST_ROWS)
    .map(({ ok, name, isOutput, maxAbs, cosine, sqnr, maker, nodes }) => [
      ok ? 'ok' : 'WRONG',
      `${isOutput ? 'output ' : ''}${shortened(quote(name))}`,
      maxAbs === null ? 'none' : maxAbs.toExponential(1),
      cosine?.toFixed(8) ?? 'none',
      sqnr === null ? '' : `${sqnr.toFixed(0)} dB`,
      maker?.tactic ?? shortened(nodes.join(', ')),
    ]);
  return table([['', 'tensor', 'max abs', 'cosine', 'SQNR', 'computed by'], ...rows]);
}

function shortened(text: string): string {
  return text.length > LABEL_LENGTH ? `…${text.slice(1 - LABEL_LENGTH)}` : text;
}

/** The tensors whose errors are largest beside what they hold. */
function farthest(tensors: readonly TensorComparison[]): TensorComparison[] {
  const decibels = ({ sqnr }: TensorComparison) => sqnr ?? Number.POSITIVE_INFINITY;
  return [...tensors].sort((x, y) => decibels(x) - decibels(y)).slice(0, MOST_ROWS);
}

function toleranceText({ tolerance: { rtol, atol } }: ValuesReport): string {
  return `${numberText(rtol)} of itself plus ${numberText(atol)} of the largest`;
}
