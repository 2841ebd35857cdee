// What there is to tell of the whole plan: what a run takes, what the device can do, what each kernel takes.

import type { PlanPageData } from '../../page-data.ts';
import { percentText, siText, timeText } from '../../units.ts';
import { row } from '../details.ts';
import { element } from '../dom.ts';
import type { State } from '../state.ts';
import { legend, section, table } from '../summary.ts';
import { shownNode } from './chart.ts';

const MODES = { inside: 'timestamps inside one pass', apart: 'a pass for each dispatch' } as const;

export function planSummary(data: PlanPageData, state: State, find: (text: string) => void): HTMLElement[] {
  const { title, runs, peak, layers, arenas, hostNodes } = data;
  const facts: (readonly [string, string])[] = [
    ['Dispatches', String(layers.length)],
    ...(runs?.ms === undefined ? [] : [['A run', `${timeText(runs.ms)} on the GPU`] as const]),
    ...(runs
      ? ([
          [
            'Measured',
            `${runs.count} runs, ${MODES[runs.mode]}; dispatches are ${percentText(runs.coverage)} of a run`,
          ],
        ] as const)
      : []),
    ...(peak
      ? ([
          ['Device', `at best ${siText(peak.flopsPerSecond, 'FLOP/s')} and ${siText(peak.bytesPerSecond, 'B/s')}`],
        ] as const)
      : []),
    ['Arena', arenas.map((bytes) => siText(bytes, 'B')).join(', ') || 'none'],
    ...(hostNodes.length > 0 ? [['Host', `computes at each run: ${hostNodes.join(', ')}`] as const] : []),
  ];
  return [
    element('header', {}, element('h2', {}, title)),
    section('Run', element('div', {}, ...facts.map(([name, text]) => row(name, text)))),
    legend(state),
    section('Kernels', kernelTable(data, find)),
  ];
}

function kernelTable(data: PlanPageData, find: (text: string) => void): HTMLElement {
  const kernels = new Map<string, { count: number; ms: number; share: number }>();
  data.layers.forEach((layer, i) => {
    const { title } = shownNode(data, i).node;
    const { count, ms, share } = kernels.get(title) ?? { count: 0, ms: 0, share: 0 };
    kernels.set(title, { count: count + 1, ms: ms + (layer.ms ?? 0), share: share + layer.share });
  });
  const rows = [...kernels].sort(([, a], [, b]) => b.ms - a.ms || b.count - a.count);
  return table(
    ['Kernel', 'Count', ...(data.runs ? ['Time', 'Share'] : [])],
    rows.map(([kernel, { count, ms, share }]) => [
      element('button', { type: 'button', className: 'link', onclick: () => find(kernel) }, kernel),
      String(count),
      ...(data.runs ? [timeText(ms), percentText(share)] : []),
    ]),
  );
}
