// The memory timeline: which bytes of the arenas each tensor has, from the dispatch that writes it to the last that reads it.

import type { PlanPageData } from '../../page-data.ts';
import type { ShownRange } from '../../shown-plan.ts';
import { siText } from '../../units.ts';
import { element } from '../dom.ts';
import type { Chart, ChartState } from '../extension.ts';
import { linearTicks, MARGIN, svg } from './axes.ts';
import { type ChartOptions, chartSection, layerOf, shownNode } from './chart.ts';

/** The least width of a dispatch, in pixels: a plan that is wider is scrolled. */
const LEAST = 6;
/** Below the plot: the numbers of dispatches. */
const BOTTOM = 28;
/** Between arenas. */
const GAP = 14;
/** The size of a character, about, and of the least range that its dispatch's number fits in. */
const CHARACTER = 6.6;
const [NAMED_WIDTH, NAMED_HEIGHT] = [34, 14];

export function memoryTimeline({ data, select }: ChartOptions): Chart {
  const { arenas, memory, layers, firstLayer } = data;
  const total = arenas.reduce((sum, bytes) => sum + bytes, 0);
  const section = chartSection('Memory', aboutText(data, total));
  const axis = svg('svg', { width: MARGIN.left });
  const plot = element('div', {
    className: 'plot',
    tabIndex: 0,
    aria: { role: 'application', label: 'Memory timeline: tensors by place and time', describedby: 'keys' },
  });
  const moment = svg('rect', { class: 'moment' });
  const chosen = svg('g');
  let shown: ChartState = { selected: undefined, matches: new Set() };
  let marks: SVGElement[] = [];
  let step = LEAST;
  section.append(
    element('div', { className: 'plots' }, axis, plot),
    element('p', { className: 'caption' }, "dispatch, in the plan's order"),
  );
  if (memory.length === 0) plot.append(element('p', { className: 'none' }, 'No tensor is kept between dispatches.'));
  else new ResizeObserver(() => render()).observe(plot);
  plot.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key)) return;
    event.preventDefault();
  };

  function render(): void {
    const height = plot.clientHeight;
    const room = plot.clientWidth - MARGIN.right;
    if (room <= 0) return;
    step = Math.max(LEAST, room / layers.length);
    const width = step * layers.length + MARGIN.right;
    const bottom = height - BOTTOM;
    const frame = svg('svg', { width, height });
    const { y, ticks } = places(arenas, bottom);
    for (const { at } of ticks) frame.append(svg('line', { class: 'grid', x1: 0, x2: width, y1: at, y2: at }));
    const every = linearTicks(layers.length, width / 90)[1] ?? 1;
    for (let i = 0; i < layers.length; i += Math.max(1, every))
      frame.append(svg('text', { x: (i + 0.5) * step, y: bottom + 18, 'text-anchor': 'middle' }, String(i)));
    frame.append(svg('path', { class: 'axis', d: `M0 ${bottom}H${width - MARGIN.right}` }));
    marks = memory.map((range) => mark(range, y));
    frame.append(...marks, ...memory.flatMap((range) => nameIn(range, y)), moment, chosen);
    frame.addEventListener('click', (event) => {
      // A range that no dispatch writes as a tensor, or a place that is free: the moment is meant.
      const layer = Math.floor((event.clientX - frame.getBoundingClientRect().left) / step);
      if (layers[layer]) select(firstLayer + layer);
    });
    plot.replaceChildren(frame);
    axis.setAttribute('height', String(height));
    axis.replaceChildren(
      ...ticks.map(({ at, bytes }) =>
        svg('text', { x: MARGIN.left - 8, y: at + 4, 'text-anchor': 'end' }, siText(bytes, 'B')),
      ),
      svg('path', { class: 'axis', d: `M${MARGIN.left - 0.5} ${MARGIN.top}V${bottom}` }),
      svg(
        'text',
        {
          class: 'title',
          transform: `translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)`,
          'text-anchor': 'middle',
        },
        'place in the arena',
      ),
    );
    highlight(true);
  }

  function mark(range: ShownRange, y: Y): SVGElement {
    const { name, first, last, bytes } = range;
    const writer = shownNode(data, first);
    const text = `${name}\n${siText(bytes, 'B')} at ${range.offset}\ndispatches ${first} to ${last}, written by ${writer.node.title}`;
    const made = svg(
      'rect',
      { class: 'mark', 'data-category': writer.node.category, ...boxOf(range, y) },
      svg('title', {}, text),
    );
    made.addEventListener('click', (event) => {
      event.stopPropagation();
      select(firstLayer + first);
    });
    return made;
  }

  function boxOf({ arena, offset, bytes, first, last }: ShownRange, y: Y) {
    const top = y(arena, offset + bytes);
    return { x: first * step, y: top, width: (last - first + 1) * step, height: Math.max(1, y(arena, offset) - top) };
  }

  function nameIn(range: ShownRange, y: Y): SVGElement[] {
    const { x, y: top, width, height } = boxOf(range, y);
    if (width < NAMED_WIDTH || height < NAMED_HEIGHT) return [];
    const { name, first } = range;
    const text = name.length * CHARACTER < width - 8 ? name : `#${first}`;
    return [svg('text', { class: 'inside', x: x + 4, y: top + Math.min(height / 2, 40) + 4 }, text)];
  }

  function highlight(isRevealed: boolean): void {
    for (const [i, mark] of marks.entries())
      mark.classList.toggle('match', shown.matches.has(firstLayer + memory[i]!.first));
    const layer = layerOf(data, shown.selected);
    moment.setAttribute('width', layer === undefined ? '0' : String(step));
    chosen.replaceChildren();
    if (layer === undefined) return;
    moment.setAttribute('x', String(layer * step));
    moment.setAttribute('y', String(MARGIN.top));
    moment.setAttribute('height', String(Math.max(0, plot.clientHeight - BOTTOM - MARGIN.top)));
    chosen.append(
      ...marks.flatMap((made, i) => {
        if (memory[i]!.first !== layer) return [];
        const copy = made.cloneNode() as SVGElement;
        copy.setAttribute('class', 'chosen');
        return [copy];
      }),
    );
    const [left, right] = [layer * step, (layer + 1) * step];
    if (isRevealed && (left < plot.scrollLeft || right > plot.scrollLeft + plot.clientWidth))
      plot.scrollLeft = left - plot.clientWidth / 2;
  }

  /** Whether the key means something here. */
  function press(key: string): boolean {
    const layer = layerOf(data, shown.selected) ?? -1;
    const to = { ArrowRight: layer + 1, ArrowLeft: layer - 1, Home: 0, End: layers.length }[key];
    if (key === 'Escape') select(undefined);
    else if (to === undefined) return false;
    else select(firstLayer + Math.min(layers.length - 1, Math.max(0, to)));
    return true;
  }

  return {
    label: 'Memory',
    element: section,
    update(state, isRevealed) {
      shown = state;
      highlight(isRevealed);
    },
  };
}

/** The height of a byte of an arena. */
type Y = (arena: number, byte: number) => number;

interface Tick {
  readonly at: number;
  readonly bytes: number;
}

/** Arenas one above the other, the first at the bottom. */
function places(arenas: readonly number[], bottom: number): { y: Y; ticks: Tick[] } {
  const total = Math.max(
    1,
    arenas.reduce((sum, bytes) => sum + bytes, 0),
  );
  const room = bottom - MARGIN.top - GAP * (arenas.length - 1);
  const starts: number[] = [];
  arenas.reduce((start, bytes, i) => {
    starts[i] = start;
    return start - (bytes / total) * room - GAP;
  }, bottom);
  const y: Y = (arena, byte) => starts[arena]! - (byte / total) * room;
  const ticks = arenas.flatMap((bytes, arena) =>
    linearTicks(bytes, (bytes / total) * (room / 60)).map((tick) => ({ at: y(arena, tick), bytes: tick })),
  );
  return { y, ticks };
}

function aboutText({ memory, layers }: PlanPageData, total: number): string {
  const changes = new Array<number>(layers.length + 1).fill(0);
  for (const { first, last, bytes } of memory) {
    changes[first]! += bytes;
    changes[last + 1]! -= bytes;
  }
  let [used, most, when] = [0, 0, 0];
  changes.forEach((change, i) => {
    used += change;
    if (used > most) [most, when] = [used, i];
  });
  return `${siText(total, 'B')} for intermediates; most in use at once: ${siText(most, 'B')}, at dispatch ${when}`;
}
