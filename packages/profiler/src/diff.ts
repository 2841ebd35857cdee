// Two engines beside each other: which dispatches compute the same nodes of the source model, and how each does it.
import { inspectEngine, type Plan } from '@trtx/engine';
import { type Layer, layersOf, type PlanLayers } from './layers.ts';

export interface EngineDiff {
  /** In the order of the plan before, then what only the one after has. */
  readonly layers: readonly LayerDiff[];
  readonly sizes: Readonly<Record<SizeName, Sides<number>>>;
}

export type SizeName =
  | 'dispatches'
  | 'pipelines'
  | 'weightBytes'
  | 'arenaBytes'
  | 'liveBytesPeak'
  | 'flops'
  | 'bytesMoved';

export interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

/** Dispatches that compute the same nodes; `fused` are those that do so with other borders between them. */
export interface LayerDiff extends Sides<readonly LayerSide[]> {
  readonly kind: /** Nothing has changed. */
    | 'same'
    /** Another kernel, or other parameters. */
    | 'tactic'
    /** The same tactic, with results that lie or are stored otherwise. */
    | 'format'
    | 'fused'
    /** Only the engine before has it; or only the one after. */
    | 'gone'
    | 'new';
}

export interface LayerSide {
  readonly nodes: readonly string[];
  readonly tactic: string;
  /** Of its results: `f32 channels-last`. */
  readonly formats: readonly string[];
}

/** Compares the plans of two engines, each at its profile's maximum. */
export function diffEngines(before: Plan, after: Plan): EngineDiff {
  const sides = [sidesOf(layersOf(before)), sidesOf(layersOf(after))] as const;
  const pairs = pairsOf(...sides);
  const paired = new Set(pairs.flat());
  const left = sides.map((all) => all.filter((side) => !paired.has(side))) as [LayerSide[], LayerSide[]];
  const diffs = [
    ...pairs.map(([a, b]): LayerDiff => ({ kind: kindOf(a, b), before: [a], after: [b] })),
    ...joined(...left),
  ];
  const place = ({ before: [first] }: LayerDiff) => (first ? sides[0].indexOf(first) : Number.POSITIVE_INFINITY);
  return { layers: sortedBy(diffs, place), sizes: sizesOf(before, after) };
}

function sidesOf({ layers, tensors }: PlanLayers): LayerSide[] {
  return layers.map(({ nodes, tactic, writes }) => {
    const formats = writes.map((tensor) => `${tensors[tensor]!.storage} ${tensors[tensor]!.format}`);
    return { nodes, tactic, formats };
  });
}

/** What computes exactly the same nodes, in order where there is more than one. */
function pairsOf(before: readonly LayerSide[], after: readonly LayerSide[]): [LayerSide, LayerSide][] {
  const waiting = new Map<string, LayerSide[]>();
  for (const side of after) waiting.set(keyOf(side), [...(waiting.get(keyOf(side)) ?? []), side]);
  return before.flatMap((side): [LayerSide, LayerSide][] => {
    const match = waiting.get(keyOf(side))?.shift();
    return match ? [[side, match]] : [];
  });
}

/** What computes no node, as copies into another format do, goes by its tactic. */
function keyOf({ nodes, tactic }: LayerSide): string {
  return nodes.length > 0 ? JSON.stringify([...nodes].sort()) : tactic;
}

function kindOf(a: LayerSide, b: LayerSide): LayerDiff['kind'] {
  const isSameFormat = String(a.formats) === String(b.formats);
  if (a.tactic === b.tactic) return isSameFormat ? 'same' : 'format';
  return !isSameFormat && withoutFormat(a) === withoutFormat(b) ? 'format' : 'tactic';
}

/** Labels of tactics end with the format that they write, unless it is row-major. */
function withoutFormat({ tactic }: LayerSide): string {
  return tactic.replace(/ channels-last$/, '');
}

/** Sets of dispatches that share nodes, directly or through others. */
function joined(before: readonly LayerSide[], after: readonly LayerSide[]): LayerDiff[] {
  const byNode = new Map<string, LayerSide[]>();
  for (const side of [...before, ...after])
    for (const node of side.nodes) byNode.set(node, [...(byNode.get(node) ?? []), side]);
  const seen = new Set<LayerSide>();
  return [...before, ...after].flatMap((start): LayerDiff[] => {
    if (seen.has(start)) return [];
    const set = new Set([start]);
    for (const side of set) for (const node of side.nodes) for (const other of byNode.get(node)!) set.add(other);
    for (const side of set) seen.add(side);
    const [a, b] = [before, after].map((all) => all.filter((side) => set.has(side))) as [LayerSide[], LayerSide[]];
    return [{ kind: a.length === 0 ? 'new' : b.length === 0 ? 'gone' : 'fused', before: a, after: b }];
  });
}

function sizesOf(before: Plan, after: Plan): EngineDiff['sizes'] {
  const [a, b] = [before, after].map((plan) => {
    const { dispatches, pipelines, weightBytes, arenaBytes, liveBytesPeak } = inspectEngine(plan);
    const { layers } = layersOf(plan);
    const flops = sum(layers, (layer) => layer.flops);
    const bytesMoved = sum(layers, ({ bytesRead = 0, bytesWritten = 0 }) => bytesRead + bytesWritten);
    return { dispatches, pipelines, weightBytes, arenaBytes, liveBytesPeak, flops, bytesMoved };
  }) as [Record<SizeName, number>, Record<SizeName, number>];
  const names = Object.keys(a) as SizeName[];
  return Object.fromEntries(names.map((name) => [name, { before: a[name], after: b[name] }])) as EngineDiff['sizes'];
}

function sum(layers: readonly Layer[], of: (layer: Layer) => number | undefined): number {
  return layers.reduce((all, layer) => all + (of(layer) ?? 0), 0);
}

function sortedBy<T>(items: readonly T[], place: (item: T) => number): T[] {
  const places = new Map(items.map((item) => [item, place(item)]));
  return [...items].sort((a, b) => {
    const [x, y] = [places.get(a)!, places.get(b)!];
    return x === y ? 0 : x - y;
  });
}
