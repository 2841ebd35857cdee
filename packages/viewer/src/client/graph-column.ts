// One of the page's graphs: its name and size, which of its drawings is shown, and the pane that shows it.

import { button, element } from './dom.ts';
import { Pane } from './pane.ts';
import type { Place, State } from './state.ts';
import type { Colors } from './theme.ts';

export interface ColumnOptions {
  readonly state: State;
  readonly graph: number;
  readonly colors: () => Colors;
  readonly onSelect: (place: Place | undefined) => void;
  /** The reader turned to this graph. */
  readonly onActive: () => void;
  readonly onZoom: (scale: number) => void;
}

export interface GraphColumn {
  readonly element: HTMLElement;
  readonly pane: Pane;
  /** Shows the drawing of the node, and in it the node. */
  reveal(place: Place): void;
  /** Other nodes match the search. */
  matched(): void;
}

export function graphColumn(options: ColumnOptions): GraphColumn {
  const { state, graph, onSelect, onZoom } = options;
  const { label, drawings } = state.data.graphs[graph]!;
  const head = element('div', { className: 'head' });
  const column = element('section', { className: 'column', aria: { label } }, head);
  column.addEventListener('focusin', options.onActive);
  column.addEventListener('pointerdown', options.onActive);
  let matches = new Set<number>();
  let pane = open(state.drawings[graph]!);

  function matched(): void {
    const shown = state.drawings[graph];
    matches = new Set(state.matches.flatMap((at) => (at.graph === graph && at.drawing === shown ? [at.node] : [])));
  }

  function open(drawing: number): Pane {
    state.drawings[graph] = drawing;
    const here = ({ graph: g, drawing: d }: Place) => g === graph && d === drawing;
    const at = (node: number) => ({ graph, drawing, node });
    let lookedAt: Place | undefined;
    let related: ReadonlySet<number> = new Set();
    const made = new Pane({
      label: `${label}: ${drawings[drawing]!.name}`,
      drawing: drawings[drawing]!,
      view: () => {
        const { selected } = state;
        if (lookedAt !== selected) {
          lookedAt = selected;
          const others = selected && selected.graph !== graph ? state.counterparts(selected).filter(here) : [];
          related = new Set(others.map(({ node }) => node));
        }
        return {
          colors: options.colors(),
          selected: selected && here(selected) ? selected.node : undefined,
          related,
          matches,
          mark: (node) => state.markOf(at(node)),
        };
      },
      onSelect: (node) => onSelect(node === undefined ? undefined : at(node)),
      onZoom,
    });
    head.replaceChildren(...heading(drawing));
    column.append(made.element);
    return made;
  }

  function heading(drawing: number): HTMLElement[] {
    const { name, nodes, owner } = drawings[drawing]!;
    const count = nodes.filter(({ end }) => !end).length;
    return [
      element('h2', {}, label),
      element('span', { className: 'muted' }, `${count} node${count === 1 ? '' : 's'}`),
      ...(owner
        ? [
            element('span', { className: 'muted' }, `in ${name}`),
            button('Back', 'Back to the graph around', () => onSelect({ graph, ...owner })),
          ]
        : []),
    ];
  }

  return {
    element: column,
    get pane() {
      return pane;
    },
    reveal({ drawing, node }) {
      if (drawing !== state.drawings[graph]) {
        pane.close();
        pane = open(drawing);
        matched();
      }
      pane.reveal(node);
    },
    matched,
  };
}
