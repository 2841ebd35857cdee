// What a run of the cases amounts to: the object that `--json` prints, and the same for people.

import type { CaseResult } from './pool.ts';

export interface Verdict {
  readonly case: string;
  readonly reason: string;
}

export interface Report {
  readonly total: number;
  readonly passed: number;
  readonly failed: readonly Verdict[];
  /** Cases that could not be tried. They count as not passed. */
  readonly skipped: readonly Verdict[];
  /** Source nodes that a dispatch covers, and those that the host computes at run time, over all cases. */
  readonly gpuNodes: number;
  readonly hostNodes: number;
  /** The same over the cases whose tensors are all float32, int32, int64, bool, int8 or uint8. */
  readonly plain: {
    readonly gpuNodes: number;
    readonly hostNodes: number;
    /** Of the nodes that are computed at run time, those on the GPU: 0 to 1; 1 where there are none. */
    readonly share: number;
  };
}

/** The report of some results. */
export function reportOf(results: readonly CaseResult[]): Report {
  const verdicts = (outcome: 'failed' | 'skipped') =>
    results.flatMap(({ case: name, reason = '', ...result }) =>
      outcomeOf({ reason, ...result }) === outcome ? [{ case: name, reason }] : [],
    );
  const [failed, skipped] = [verdicts('failed'), verdicts('skipped')];
  const plain = nodesOf(results.filter((result) => result.plain));
  const computed = plain.gpuNodes + plain.hostNodes;
  return {
    total: results.length,
    passed: results.length - failed.length - skipped.length,
    failed,
    skipped,
    ...nodesOf(results),
    plain: { ...plain, share: computed === 0 ? 1 : plain.gpuNodes / computed },
  };
}

function nodesOf(results: readonly CaseResult[]) {
  return {
    gpuNodes: results.reduce((sum, { gpuNodes }) => sum + gpuNodes, 0),
    hostNodes: results.reduce((sum, { hostNodes }) => sum + hostNodes, 0),
  };
}

export type OutcomeName = 'passed' | 'failed' | 'skipped';

export function outcomeOf({ reason, skipped }: Pick<CaseResult, 'reason' | 'skipped'>): OutcomeName {
  return !reason ? 'passed' : skipped ? 'skipped' : 'failed';
}

/** `passed  node/test_abs  12 ms  wholly on the GPU` */
export function lineOf(result: CaseResult): string {
  const { case: name, reason, gpuNodes, hostNodes, milliseconds } = result;
  const place =
    gpuNodes === 0
      ? hostNodes === 0 && !reason
        ? 'done at build'
        : 'no node on the GPU'
      : hostNodes === 0
        ? 'wholly on the GPU'
        : `${gpuNodes} nodes on the GPU, ${hostNodes} on the host`;
  return [outcomeOf(result), name, `${milliseconds} ms`, place, reason ? briefly(reason) : '']
    .filter(Boolean)
    .join('  ');
}

/** Counts, and the reasons with the cases that have them, the most frequent first. */
export function summaryOf(report: Report): string {
  const { total, passed, failed, skipped, gpuNodes, hostNodes, plain } = report;
  const groups = new Map<string, string[]>();
  for (const { case: name, reason } of [...failed, ...skipped]) {
    const key = generalized(reason);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  const reasons = [...groups].sort((a, b) => b[1].length - a[1].length);
  return [
    ...reasons.map(([reason, cases]) => `${String(cases.length).padStart(5)}  ${reason}  (${shortened(cases)})`),
    `${passed} of ${total} passed, ${failed.length} failed, ${skipped.length} skipped`,
    `nodes: ${gpuNodes} on the GPU, ${hostNodes} on the host`,
    `nodes of plain types: ${plain.gpuNodes} on the GPU, ${plain.hostNodes} on the host (${(100 * plain.share).toFixed(1)} % on the GPU)`,
  ].join('\n');
}

/** The first line, and the first node that an error lists beside it. */
export function briefly(reason: string): string {
  const [first = '', ...others] = reason.split('\n');
  const finding = others.find((line) => /^ {2}- \S+ \(\w+\): /.test(line));
  return finding ? `${first}: ${finding.slice('  - '.length)}` : first;
}

/** The reason without what is special about the case: places and numbers. */
function generalized(reason: string): string {
  return briefly(reason)
    .replace(/: \S+ (\(\w+\): )/, ' $1')
    .replace(/ \((node|tensor|from|file) (\([^)]*\)|[^()])*\)/g, '')
    .replace(/\[\d+\] is .*/, '…')
    .replace(/(?<![\w.])-?\d+(\.\d+)?(e[+-]?\d+)?/g, '#');
}

function shortened(cases: readonly string[]): string {
  const shown = cases.slice(0, 3).join(', ');
  return cases.length > 3 ? `${shown}, …` : shown;
}
