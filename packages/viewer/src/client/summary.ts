// What there is to tell of the whole: what the colours mean, how many nodes of each op there are, what each pass did.

import type { PageGraph } from '../page-data.ts';
import { MARKS } from './details.ts';
import { element } from './dom.ts';
import type { State } from './state.ts';

/** @param find looks for nodes by a text */
export function summary(state: State, find: (text: string) => void): HTMLElement[] {
  const { graphs, history } = state.data;
  const counts = graphs.map(countTitles);
  const titles = [...new Set(counts.flatMap((count) => [...count.keys()]))].sort(
    (a, b) => most(counts, b) - most(counts, a) || a.localeCompare(b),
  );
  const totals = graphs.map((graph) => graph.drawings.flatMap(({ nodes }) => nodes.filter(({ end }) => !end)).length);
  return [
    element('header', {}, element('h2', {}, state.data.title), element('p', { className: 'name' }, totalText(totals))),
    legend(state),
    ...(history ? [section('Marks', marks())] : []),
    section(
      'Nodes',
      table(
        ['', ...graphs.map(({ label }) => label)],
        titles.map((title) => [
          element('button', { type: 'button', className: 'link', onclick: () => find(title) }, title),
          ...counts.map((count) => String(count.get(title) ?? 0)),
        ]),
      ),
    ),
    ...(history ? [section('Changes', table(['Pass', 'Changes'], passRows(state)))] : []),
  ];
}

/** What the colours mean that are there. */
export function legend({ data: { graphs } }: State): HTMLElement {
  const used = new Set(
    graphs.flatMap((graph) => graph.drawings.flatMap(({ nodes }) => nodes.map(({ category }) => category))),
  );
  return section(
    'Colours',
    element(
      'ul',
      { className: 'legend' },
      ...graphs[0]!.categories.flatMap((name, i) =>
        used.has(i)
          ? [element('li', {}, element('span', { className: 'swatch', data: { category: String(i) } }), name)]
          : [],
      ),
    ),
  );
}

function marks(): HTMLElement {
  return element(
    'ul',
    { className: 'legend' },
    ...Object.values(MARKS).map(([className, text]) => element('li', { className }, text)),
  );
}

function totalText(totals: readonly number[]): string {
  return totals.length > 1 ? `${totals[0]} nodes became ${totals.at(-1)}` : `${totals[0]} nodes`;
}

function countTitles({ drawings }: PageGraph): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { nodes } of drawings)
    for (const { title, end } of nodes) if (!end) counts.set(title, (counts.get(title) ?? 0) + 1);
  return counts;
}

function most(counts: readonly ReadonlyMap<string, number>[], title: string): number {
  return Math.max(...counts.map((count) => count.get(title) ?? 0));
}

function passRows(state: State): string[][] {
  const counts = new Map<string, number>();
  for (const { pass } of state.history!.steps) counts.set(pass, (counts.get(pass) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([pass, count]) => [pass, String(count)]);
}

export function section(title: string, content: HTMLElement): HTMLElement {
  return element('section', { aria: { label: title } }, element('h3', {}, title), content);
}

export function table(head: readonly string[], rows: readonly (readonly (HTMLElement | string)[])[]): HTMLElement {
  return element(
    'table',
    {},
    element(
      'thead',
      {},
      element('tr', {}, ...head.map((text) => (text ? element('th', { scope: 'col' }, text) : element('td')))),
    ),
    element(
      'tbody',
      {},
      ...rows.map(([first, ...rest]) =>
        element('tr', {}, element('th', { scope: 'row' }, first!), ...rest.map((cell) => element('td', {}, cell))),
      ),
    ),
  );
}
