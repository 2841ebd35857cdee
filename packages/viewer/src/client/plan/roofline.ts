// The roofline: how fast each layer computes, over how much it computes for each byte that it moves, below what the device
// could do at best (Williams, Waterman and Patterson, 2009).

import type { PageLayer, PlanPageData } from '../../page-data.ts';
import { siText } from '../../units.ts';
import { element } from '../dom.ts';
import type { Chart, ChartState } from '../extension.ts';
import { decades, MARGIN, svg } from './axes.ts';
import { type ChartOptions, chartSection, hint, layerOf, shownNode } from './chart.ts';

interface Point {
  /** A place in `PlanPageData.layers`. */
  readonly layer: number;
  /** Operations a byte, and a second. */
  readonly intensity: number;
  readonly rate: number;
  readonly radius: number;
}

/** Radius in pixels; less where there are many. */
const [SMALLEST, LARGEST] = [3, 16];

export function roofline({ data, select }: ChartOptions): Chart {
  const { firstLayer } = data;
  const most = data.layers.reduce((max, { share }) => Math.max(max, share), 0);
  const largest = Math.min(LARGEST, SMALLEST + 160 / Math.sqrt(data.layers.length));
  const points = data.layers
    .flatMap((layer, i) => pointOf(layer, i, largest / Math.sqrt(most)) ?? [])
    .sort((a, b) => a.intensity - b.intensity || a.layer - b.layer);
  const places = new Map(points.map(({ layer }, place) => [layer, place]));
  const left = data.layers.length - points.length;
  const section = chartSection(
    'Roofline',
    `area of a circle: GPU time${left > 0 ? `; ${left} of ${data.layers.length} dispatches do no arithmetic, and are not shown` : ''}`,
  );
  const plot = element('div', {
    className: 'plot',
    tabIndex: 0,
    aria: { role: 'application', label: 'Roofline: layers by arithmetic intensity and rate', describedby: 'keys' },
  });
  let shown: ChartState = { selected: undefined, matches: new Set() };
  let marks = new Map<number, SVGElement>();
  const chosen = svg('circle', { class: 'chosen' });
  section.append(element('div', { className: 'plots' }, plot));
  if (points.length === 0) plot.append(element('p', { className: 'none' }, 'No layer has both a time and arithmetic.'));
  else new ResizeObserver(() => render()).observe(plot);
  plot.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key)) return;
    event.preventDefault();
  };

  function render(): void {
    const { clientWidth: width, clientHeight: height } = plot;
    if (width === 0) return;
    const { frame, x, y } = axes(data, points, width, height);
    marks = new Map();
    for (const { layer, intensity, rate, radius } of [...points].sort((a, b) => b.radius - a.radius)) {
      const item = shownNode(data, layer);
      const mark = svg(
        'circle',
        { class: 'mark', 'data-category': item.node.category, cx: x(intensity), cy: y(rate), r: radius },
        svg('title', {}, hint(item)),
      );
      mark.addEventListener('click', () => select(firstLayer + layer));
      marks.set(layer, mark);
    }
    frame.append(...marks.values(), chosen);
    plot.replaceChildren(frame);
    highlight();
  }

  function highlight(): void {
    for (const [layer, mark] of marks) mark.classList.toggle('match', shown.matches.has(firstLayer + layer));
    const mark = marks.get(layerOf(data, shown.selected) ?? -1);
    for (const name of ['cx', 'cy']) chosen.setAttribute(name, mark?.getAttribute(name) ?? '0');
    chosen.setAttribute('r', mark ? String(Number(mark.getAttribute('r')) + 3) : '0');
  }

  /** Whether the key means something here. */
  function press(key: string): boolean {
    const place = places.get(layerOf(data, shown.selected) ?? -1) ?? -1;
    const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: points.length }[key];
    if (key === 'Escape') select(undefined);
    else if (to === undefined) return false;
    else {
      const next = points[Math.min(points.length - 1, Math.max(0, to))];
      if (next) select(firstLayer + next.layer);
    }
    return true;
  }

  return {
    label: 'Roofline',
    element: section,
    update(state) {
      shown = state;
      highlight();
    },
  };
}

function pointOf({ ms, flops, bytes, share }: PageLayer, layer: number, scale: number): Point | undefined {
  if (!ms || !flops || !bytes) return undefined;
  const radius = Math.max(SMALLEST, scale * Math.sqrt(share));
  return { layer, intensity: flops / bytes, rate: (flops * 1000) / ms, radius };
}

/** The frame with its grid, its axes and the roof, and where numbers are in it. */
function axes({ peak }: PlanPageData, points: readonly Point[], width: number, height: number) {
  const ridge = peak ? [peak.flopsPerSecond / peak.bytesPerSecond] : [];
  const [x0, x1] = decades([...points.map(({ intensity }) => intensity), ...ridge]);
  const [y0, y1] = decades([...points.map(({ rate }) => rate), ...(peak ? [peak.flopsPerSecond] : [])]);
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
  const x = (value: number) => MARGIN.left + ((Math.log10(value) - x0) / (x1 - x0)) * (right - MARGIN.left);
  const y = (value: number) => bottom - ((Math.log10(value) - y0) / (y1 - y0)) * (bottom - MARGIN.top);
  const frame = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  for (let power = x0; power <= x1; power++) {
    const at = x(10 ** power);
    frame.append(
      svg('line', { class: 'grid', x1: at, x2: at, y1: MARGIN.top, y2: bottom }),
      svg('text', { x: at, y: bottom + 18, 'text-anchor': 'middle' }, String(Number((10 ** power).toPrecision(1)))),
    );
  }
  for (let power = y0; power <= y1; power++) {
    const at = y(10 ** power);
    frame.append(
      svg('line', { class: 'grid', x1: MARGIN.left, x2: right, y1: at, y2: at }),
      svg('text', { x: MARGIN.left - 8, y: at + 4, 'text-anchor': 'end' }, siText(10 ** power, '').trim()),
    );
  }
  frame.append(
    svg('path', { class: 'axis', d: `M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}` }),
    svg(
      'text',
      { class: 'title', x: (MARGIN.left + right) / 2, y: height - 12, 'text-anchor': 'middle' },
      'arithmetic intensity: FLOP for each byte that is read or written',
    ),
    svg(
      'text',
      {
        class: 'title',
        transform: `translate(18 ${(MARGIN.top + bottom) / 2}) rotate(-90)`,
        'text-anchor': 'middle',
      },
      'rate: FLOP/s',
    ),
  );
  if (peak) {
    const { flopsPerSecond, bytesPerSecond } = peak;
    const first = Math.max(10 ** x0, 10 ** y0 / bytesPerSecond);
    const [startX, startY] = [x(first), y(first * bytesPerSecond)];
    const [ridgeX, ridgeY] = [x(flopsPerSecond / bytesPerSecond), y(flopsPerSecond)];
    const angle = (Math.atan2(ridgeY - startY, ridgeX - startX) * 180) / Math.PI;
    frame.append(
      svg('path', { class: 'roof', d: `M${startX} ${startY}L${ridgeX} ${ridgeY}H${right}` }),
      svg(
        'text',
        {
          class: 'title',
          transform: `translate(${(startX + ridgeX) / 2} ${(startY + ridgeY) / 2}) rotate(${angle}) translate(0 -8)`,
          'text-anchor': 'middle',
        },
        `copying: ${siText(bytesPerSecond, 'B/s')}`,
      ),
      svg(
        'text',
        { class: 'title', x: right, y: ridgeY - 8, 'text-anchor': 'end' },
        `multiply-adds: ${siText(flopsPerSecond, 'FLOP/s')}`,
      ),
    );
  }
  return { frame, x, y };
}
