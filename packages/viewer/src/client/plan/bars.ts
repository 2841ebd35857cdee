// Layers as rows with bars: in the plan's order, or the longest first. Only rows in sight are in the page.

import type { PageLayer } from '../../page-data.ts';
import { countText, percentText, siText, timeText } from '../../units.ts';
import { button, element } from '../dom.ts';
import type { Chart, ChartState } from '../extension.ts';
import { type ChartOptions, chartSection, layerOf, shownNode } from './chart.ts';

/** As in the style sheet. */
const ROW = 28;

export function barChart({ data, select }: ChartOptions): Chart {
  const { layers, firstLayer, runs } = data;
  const measure = ({ ms, bytes }: PageLayer) => (runs ? ms : bytes) ?? 0;
  const most = layers.reduce((max, layer) => Math.max(max, measure(layer)), 0);
  const inOrder = layers.map((_, i) => i);
  const longest = [...inOrder].sort((a, b) => measure(layers[b]!) - measure(layers[a]!) || a - b);
  let order = inOrder;
  let shown: ChartState = { selected: undefined, matches: new Set() };

  const sorts = [sortButton('Plan order', inOrder), sortButton(runs ? 'Longest first' : 'Largest first', longest)];
  const about = `${countText(layers.length, 'dispatch', 'dispatches')}, ${runs ? 'GPU time of a run' : 'bytes that each reads and writes'}`;
  const section = chartSection(
    'Layers',
    about,
    element('div', { className: 'views', aria: { role: 'group', label: 'Order' } }, ...sorts),
  );
  const sizer = element('div', { aria: { role: 'presentation' } });
  sizer.style.height = `${layers.length * ROW}px`;
  const list = element(
    'div',
    { className: 'list', tabIndex: 0, aria: { role: 'listbox', label: 'Layers', describedby: 'keys' } },
    sizer,
  );
  list.onscroll = () => render();
  list.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key)) return;
    event.preventDefault();
  };
  new ResizeObserver(() => render()).observe(list);
  section.append(titles(runs !== undefined), list);
  sort(order);

  function sortButton(text: string, by: number[]): HTMLButtonElement {
    const made = button(text, text, () => sort(by));
    made.dataset.longest = String(by === longest);
    return made;
  }

  function sort(by: number[]): void {
    order = by;
    for (const each of sorts)
      each.setAttribute('aria-pressed', String((each.dataset.longest === 'true') === (by === longest)));
    reveal();
    render();
  }

  function render(): void {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
    const last = Math.min(order.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
    const selected = layerOf(data, shown.selected);
    const places = new Set(Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i));
    if (selected !== undefined) places.add(order.indexOf(selected));
    sizer.replaceChildren(...[...places].map(row));
    if (selected === undefined) list.removeAttribute('aria-activedescendant');
    else list.setAttribute('aria-activedescendant', `layer-${selected}`);
  }

  function row(place: number): HTMLElement {
    const i = order[place]!;
    const { layer, node } = shownNode(data, i);
    const fill = element('span', { className: 'fill', data: { category: String(node.category) } });
    fill.style.width = `${most > 0 ? (measure(layer) / most) * 100 : 0}%`;
    const made = element(
      'div',
      {
        id: `layer-${i}`,
        className: `layer${shown.matches.has(firstLayer + i) ? ' match' : ''}`,
        aria: {
          role: 'option',
          selected: String(firstLayer + i === shown.selected),
          setsize: String(order.length),
          posinset: String(place + 1),
        },
        onclick: () => select(firstLayer + i),
      },
      element('span', { className: 'number muted' }, String(i)),
      element('span', {}, node.title),
      element('span', { className: 'muted' }, node.origin.join(', ')),
      element('span', {}, fill),
      ...cells(layer).map((text) => element('span', { className: 'number' }, text)),
    );
    made.style.top = `${place * ROW}px`;
    return made;
  }

  function cells({ ms, share, bytes, flops, roof }: PageLayer): string[] {
    if (!runs) return [bytes === undefined ? '' : siText(bytes, 'B'), '', flops ? siText(flops, 'FLOP') : ''];
    if (ms === undefined) return ['not run', '', ''];
    return [timeText(ms), percentText(share), roof && ms > 0 ? `${percentText(roof.ms / ms)} ${roof.bound}` : ''];
  }

  /** Whether the key means something here. */
  function press(key: string): boolean {
    if (key === 'Escape') select(undefined);
    else {
      const selected = layerOf(data, shown.selected);
      const place = selected === undefined ? -1 : order.indexOf(selected);
      const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
      const to = {
        ArrowDown: place + 1,
        ArrowUp: place - 1,
        PageDown: place + page,
        PageUp: place - page,
        Home: 0,
        End: order.length,
      }[key];
      if (to === undefined) return false;
      const next = order[Math.min(order.length - 1, Math.max(0, to))];
      if (next !== undefined) select(firstLayer + next);
    }
    return true;
  }

  function reveal(): void {
    const selected = layerOf(data, shown.selected);
    if (selected === undefined) return;
    const top = order.indexOf(selected) * ROW;
    if (top < list.scrollTop || top + ROW > list.scrollTop + list.clientHeight)
      list.scrollTop = top - list.clientHeight / 2;
  }

  return {
    label: 'Layers',
    element: section,
    update(state, isRevealed) {
      shown = state;
      if (isRevealed) reveal();
      render();
    },
  };
}

function titles(isTimed: boolean): HTMLElement {
  const [measure, part, more] = isTimed ? ['GPU time', 'share', 'of its roof'] : ['bytes', '', 'arithmetic'];
  return element(
    'div',
    { className: 'layer titles', aria: { hidden: 'true' } },
    element('span', { className: 'number' }, '#'),
    ...['kernel', 'nodes of the source model', ''].map((text) => element('span', {}, text)),
    ...[measure!, part!, more!].map((text) => element('span', { className: 'number' }, text)),
  );
}
