// The page as a whole: a bar on top, one pane or two, and what there is to tell beside them. Pages of other kinds add charts
// of what the nodes of the first graph are.

import type { PageData } from '../page-data.ts';
import { details } from './details.ts';
import { button, element } from './dom.ts';
import type { Chart, Extension } from './extension.ts';
import { type GraphColumn, graphColumn } from './graph-column.ts';
import { search } from './search.ts';
import { type Place, State, samePlace } from './state.ts';
import { summary } from './summary.ts';
import { type Colors, followTheme, readColors } from './theme.ts';

const KEYS =
  'Arrow keys move, or go from node to node where one is selected. Plus and minus zoom, 0 shows all, 1 the actual size, / searches, Escape ends the selection.';

/** A graph by its number, all graphs, or a chart by its label. */
type View = number | 'both' | string;

export class App {
  readonly element: HTMLElement;
  readonly #state: State;
  readonly #columns: readonly GraphColumn[];
  readonly #panel = element('aside', { aria: { label: 'Details', live: 'polite' }, tabIndex: 0 });
  readonly #input = element('input', {
    type: 'search',
    placeholder: 'Search op, node, tensor',
    autocomplete: 'off',
    spellcheck: false,
    aria: { label: 'Search by op, node or tensor', keyshortcuts: '/' },
  });
  readonly #count = element('output', { className: 'count' });
  readonly #zoom = element('output', { className: 'zoom', aria: { label: 'Zoom' } });
  readonly #zooming: HTMLElement;
  readonly #extension: Extension | undefined;
  readonly #charts: readonly Chart[];
  #colors: Colors = readColors();
  /** The column that buttons and keys are about. */
  #active: number;

  /** @param extend is told how to select a node of the first graph's first drawing, or none */
  constructor(data: PageData, extend?: (select: (node: number | undefined) => void) => Extension) {
    this.#state = new State(data);
    this.#extension = extend?.((node) =>
      this.#select(node === undefined ? undefined : { graph: 0, drawing: 0, node }, 'pane'),
    );
    this.#charts = this.#extension?.charts ?? [];
    this.#active = this.#state.last;
    this.#columns = data.graphs.map((_, graph) =>
      graphColumn({
        state: this.#state,
        graph,
        colors: () => this.#colors,
        onSelect: (place) => this.#select(place, 'pane'),
        onActive: () => {
          this.#active = graph;
        },
        onZoom: (scale) => {
          if (graph === this.#active) this.#zoom.textContent = `${Math.max(1, Math.round(scale * 100))} %`;
        },
      }),
    );
    this.#zooming = this.#zoomGroup();
    const toggle = followTheme(() => this.#recolor());
    const notes = this.#extension?.notes ?? [];
    this.element = element(
      'div',
      { className: 'app' },
      element('header', { className: 'top' }, this.#bar(toggle), ...(notes.length > 0 ? [noteList(notes)] : [])),
      element(
        'main',
        {},
        ...this.#charts.map(({ element: chart }) => chart),
        ...this.#columns.map(({ element: column }) => column),
        element('p', { id: 'keys', className: 'hidden' }, [KEYS, this.#extension?.keys].filter(Boolean).join(' ')),
      ),
      this.#panel,
    );
    this.#show(this.#charts[0]?.label ?? (data.graphs.length > 1 && innerWidth >= 1000 ? 'both' : this.#state.last));
    this.#listen();
    this.#tell();
  }

  #bar(toggleTheme: () => void): HTMLElement {
    const { graphs, title } = this.#state.data;
    const views: (readonly [label: string, view: View])[] = [
      ...this.#charts.map(({ label }) => [label, label] as const),
      ...graphs.map(({ label }, i) => [label, i] as const),
      ...(graphs.length > 1 ? [['Both', 'both'] as const] : []),
    ];
    return element(
      'div',
      { className: 'bar' },
      element('h1', {}, title),
      element(
        'div',
        {
          className: 'group views',
          aria: { role: 'group', label: this.#charts.length > 0 ? 'Views' : 'Graphs shown' },
        },
        ...(views.length > 1 ? views : []).map(([label, view]) => {
          const made = button(label, label, () => this.#show(view));
          made.dataset.view = String(view);
          return made;
        }),
      ),
      element(
        'div',
        { className: 'group find', aria: { role: 'search' } },
        this.#input,
        this.#count,
        button('↑', 'Previous match', () => this.#step(-1)),
        button('↓', 'Next match', () => this.#step(1)),
      ),
      this.#zooming,
      button('◐', 'Switch between light and dark', toggleTheme, 'theme'),
    );
  }

  #zoomGroup(): HTMLElement {
    const shown = () => this.#columns.filter(({ element: column }) => !column.hidden).map(({ pane }) => pane);
    const zoom = (factor: number) => {
      for (const pane of shown()) pane.zoom(factor);
    };
    return element(
      'div',
      { className: 'group', aria: { role: 'group', label: 'Zoom' } },
      button('−', 'Zoom out', () => zoom(1 / 1.25)),
      this.#zoom,
      button('+', 'Zoom in', () => zoom(1.25)),
      button('Fit', 'Fit the whole graph', () => shown().forEach((pane) => void pane.fit())),
    );
  }

  #listen(): void {
    this.#input.oninput = () => this.#find(this.#input.value);
    this.#input.onkeydown = (event) => {
      if (event.key === 'Enter') this.#step(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') {
        this.#input.value = '';
        this.#find('');
        const chart = this.#charts.find(({ element: each }) => !each.hidden);
        if (chart) chart.element.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
        else this.#columns[this.#active]!.pane.focus();
      }
    };
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.target === this.#input) return;
      event.preventDefault();
      this.#input.select();
    });
  }

  #recolor(): void {
    this.#colors = readColors();
    for (const { pane } of this.#columns) pane.recolor();
  }

  #paint(reveal = false): void {
    for (const { pane } of this.#columns) pane.paint();
    if (this.#charts.length === 0) return;
    const { selected, matches } = this.#state;
    const shown = {
      selected: selected && isCharted(selected) ? selected.node : undefined,
      matches: new Set(matches.filter(isCharted).map(({ node }) => node)),
    };
    for (const chart of this.#charts) if (!chart.element.hidden) chart.update(shown, reveal);
  }

  #show(view: View): void {
    this.#columns.forEach(({ element: column }, i) => {
      column.hidden = view !== 'both' && view !== i;
    });
    for (const { label, element: chart } of this.#charts) chart.hidden = view !== label;
    this.#zooming.hidden = this.#isCharted();
    if (typeof view === 'number') this.#active = view;
    for (const each of this.element.querySelectorAll<HTMLElement>('[data-view]'))
      each.setAttribute('aria-pressed', String(each.dataset.view === String(view)));
    this.#find(this.#input.value);
    this.#paint(true);
  }

  /** Whether a chart is shown, instead of graphs. */
  #isCharted(): boolean {
    return this.#charts.some(({ element: chart }) => !chart.hidden);
  }

  /** @param from where it was selected: what is under the pointer stays there */
  #select(place: Place | undefined, from?: 'pane'): void {
    const state = this.#state;
    state.selected = samePlace(place, state.selected) && from === 'pane' && !place ? undefined : place;
    if (place) {
      this.#active = place.graph;
      if (this.#columns[place.graph]!.element.hidden && !this.#isCharted()) this.#show(place.graph);
      this.#columns[place.graph]!.reveal(place);
      const [other] = state.counterparts(place);
      if (other && !this.#columns[other.graph]!.element.hidden) this.#columns[other.graph]!.reveal(other);
    }
    this.#tell();
    this.#paint(true);
  }

  #tell(): void {
    const { selected } = this.#state;
    const find = (text: string) => {
      this.#input.value = text;
      this.#find(text);
      this.#step(1);
    };
    this.#panel.replaceChildren(
      ...(selected
        ? [
            button('×', 'Close the details', () => this.#select(undefined), 'close'),
            ...details(selected, {
              state: this.#state,
              show: (place) => this.#select(place),
              more: this.#extension?.details(selected) ?? [],
            }),
          ]
        : (this.#extension ?? { summary }).summary(this.#state, find)),
    );
    this.#panel.scrollTop = 0;
  }

  #find(text: string): void {
    const { data } = this.#state;
    this.#state.matches = data.graphs.flatMap(({ drawings }, graph) =>
      this.#columns[graph]!.element.hidden && !this.#isCharted()
        ? []
        : search(drawings, text).map((ref) => ({ graph, ...ref })),
    );
    this.#state.match = -1;
    for (const column of this.#columns) column.matched();
    this.#counted();
    this.#paint();
  }

  #step(by: 1 | -1): void {
    const { matches, match } = this.#state;
    if (matches.length === 0) return;
    const next = match < 0 && by < 0 ? matches.length - 1 : (match + by + matches.length) % matches.length;
    this.#state.match = next;
    this.#counted();
    this.#select(matches[next]);
  }

  #counted(): void {
    const { matches, match } = this.#state;
    const found =
      matches.length === 0 ? 'no match' : match < 0 ? `${matches.length}` : `${match + 1} of ${matches.length}`;
    this.#count.textContent = this.#input.value.trim() ? found : '';
  }
}

function isCharted({ graph, drawing }: Place): boolean {
  return graph === 0 && drawing === 0;
}

function noteList(notes: readonly string[]): HTMLElement {
  return element(
    'ul',
    { className: 'notes', aria: { label: 'Notes' } },
    ...notes.map((text) => element('li', {}, text)),
  );
}
