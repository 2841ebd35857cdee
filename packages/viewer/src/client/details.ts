// All that there is to tell of a node: its attributes, what goes in and comes out, where it is from and what became of it.

import type { DrawnValue } from '../drawing.ts';
import type { Step } from '../history.ts';
import { element } from './dom.ts';
import { type Mark, type Place, type State, samePlace } from './state.ts';

export interface DetailsOptions {
  readonly state: State;
  readonly show: (place: Place) => void;
  /** Stands above all else. */
  readonly more: readonly HTMLElement[];
}

export function details(place: Place, options: DetailsOptions): HTMLElement[] {
  const { state } = options;
  const graph = state.data.graphs[place.graph]!;
  const drawing = graph.drawings[place.drawing]!;
  const node = drawing.nodes[place.node]!;
  const link = (other: number) => nodeLink({ ...place, node: other }, options);
  const readers = (value: number) =>
    drawing.nodes.flatMap(({ inputs }, i) => (inputs.some(([, input]) => input === value) ? [i] : []));
  const chip = element('span', { className: 'chip', data: { category: String(node.category) } });
  chip.append(graph.categories[node.category]!);
  const mark = state.markOf(place);
  return [
    element(
      'header',
      {},
      element('h2', {}, node.title),
      element('p', { className: 'name' }, node.name),
      element('p', { className: 'chips' }, chip, ...(mark ? [markChip(mark)] : [])),
    ),
    ...options.more,
    ...section(
      'Attributes',
      node.attributes.map(([name, text]) => row(name, text)),
    ),
    ...section(
      'Runs',
      (node.bodies ?? []).map((body) => {
        const first = { ...place, drawing: body, node: 0 };
        return row(
          '',
          linkButton(graph.drawings[body]!.name, () => options.show(first)),
        );
      }),
    ),
    ...section(
      'Inputs',
      node.inputs.map(([name, value]) =>
        value === null ? row(name, 'absent') : row(name, valueText(drawing.values[value]!, link)),
      ),
    ),
    ...section(
      'Outputs',
      node.outputs.map((value) =>
        row('', element('div', {}, valueText(drawing.values[value]!), links('read by', readers(value).map(link)))),
      ),
    ),
    ...section(
      'From the source model',
      node.origin.filter((name) => name !== node.name || node.origin.length > 1).map((name) => row('', name)),
    ),
    ...historySection(place, options),
  ];
}

export const MARKS: Readonly<Record<Mark, readonly [className: string, text: string]>> = {
  '+': ['added', '+ made by a pass'],
  '~': ['replaced', '~ replaced'],
  '−': ['removed', '− gone'],
};

function markChip(mark: Mark): HTMLElement {
  const [className, text] = MARKS[mark];
  return element('span', { className: `chip ${className}` }, text);
}

export function section(title: string, rows: readonly HTMLElement[]): HTMLElement[] {
  if (rows.length === 0) return [];
  return [element('section', { aria: { label: title } }, element('h3', {}, title), ...rows)];
}

export function row(name: string, content: HTMLElement | string): HTMLElement {
  return element(
    'div',
    { className: 'row' },
    ...(name ? [element('span', { className: 'key' }, name)] : []),
    element('div', { className: 'value' }, content),
  );
}

function valueText(
  { name, type, format, contents, from }: DrawnValue,
  link?: (node: number) => HTMLElement,
): HTMLElement {
  const lines = [
    element('span', { className: 'tensor' }, name),
    element('code', {}, [type, format, contents].filter(Boolean).join(' ')),
  ];
  if (link && from !== null) lines.push(element('span', { className: 'links' }, 'from ', link(from)));
  if (link && from === null) lines.push(element('span', { className: 'links' }, 'constant'));
  return element('div', {}, ...lines);
}

const MAX_LINKS = 12;

function links(label: string, all: readonly HTMLElement[]): HTMLElement | string {
  if (all.length === 0) return '';
  const more = all.length > MAX_LINKS ? [` and ${all.length - MAX_LINKS} more`] : [];
  return element('span', { className: 'links' }, `${label} `, ...all.slice(0, MAX_LINKS), ...more);
}

function linkButton(text: string, onclick: () => void): HTMLElement {
  return element('button', { type: 'button', className: 'link', onclick }, text);
}

function nodeLink(place: Place, { state, show }: DetailsOptions): HTMLElement {
  const { title, name } = state.nodeAt(place);
  const made = linkButton(name, () => show(place));
  made.title = `${title} ${name}, in ${state.data.graphs[place.graph]!.label}`;
  made.dataset.graph = String(place.graph);
  return made;
}

function historySection(place: Place, options: DetailsOptions): HTMLElement[] {
  const { state } = options;
  const lineage = state.lineageOf(place);
  if (!lineage || state.last === 0) return [];
  const others = state.counterparts(place);
  const same = others.length === 1 && state.versionAt(others[0]!) === state.versionAt(place);
  const other = state.data.graphs[place.graph === 0 ? state.last : 0]!.label;
  const steps = lineage.steps.map((step) => stepItem(state.history!.steps[step]!, place, options));
  const fate =
    others.length > 0
      ? links(
          same ? `The same node, in ${other}:` : place.graph === 0 ? 'Became' : 'Made from',
          others.map((each) => nodeLink(each, options)),
        )
      : place.graph === 0
        ? 'Nothing of it is left to run.'
        : '';
  return [
    element(
      'section',
      { className: 'history', aria: { label: 'Rule history' } },
      element('h3', {}, place.graph === 0 ? 'What became of it' : 'How it came about'),
      ...(fate ? [element('p', { className: 'fate' }, fate)] : []),
      steps.length > 0 ? element('ol', {}, ...steps) : element('p', { className: 'none' }, 'No rule changed it.'),
    ),
  ];
}

function stepItem({ step, pass, rule, reason, nodes, added, removed }: Step, place: Place, options: DetailsOptions) {
  const version = (at: number) => versionLink(at, place, options);
  const gone = [...new Set([...nodes.filter((node) => removed.includes(node)), ...removed])];
  const seen = nodes.filter((node) => !removed.includes(node));
  return element(
    'li',
    {},
    element('span', { className: 'step' }, `#${step}`),
    element('strong', {}, rule),
    element('span', { className: 'pass' }, pass),
    element('p', { className: 'reason' }, reason),
    links('replaced', gone.map(version)),
    links('made', added.map(version)),
    links('beside', seen.map(version)),
  );
}

/** A version that neither graph has came and went in between. */
function versionLink(version: number, place: Place, options: DetailsOptions): HTMLElement {
  const { state } = options;
  const at = state.placeOf(version);
  const { name } = state.history!.versions[version]!;
  if (!at) return element('span', { className: 'between', title: 'came and went between the two graphs' }, name);
  if (samePlace(at, place)) return element('span', { className: 'self' }, name);
  return nodeLink(at, options);
}
