// From a plan to what is drawn of it: dispatches as nodes, tensors as what connects them.

import type { Drawing, DrawnNode, DrawnValue, Picture } from './drawing.ts';
import type { ShownLayer, ShownPlan, ShownProfile, ShownTensor, ShownTimes } from './shown-plan.ts';
import { percentText, siText, timeText } from './units.ts';

const ENDS = 'Input, output';
const OTHER = 'Other';
/** As many as there are colours left. */
const FAMILIES = 6;

/** The node of the first dispatch; those of the others follow in the plan's order. */
export function firstLayerNode({ inputs }: ShownPlan): number {
  return inputs.length;
}

/** A picture of one drawing. Dispatches have the colour of their kernels' family, which is told by the names up to a dot. */
export function drawPlan(name: string, plan: ShownPlan, profile?: ShownProfile): Picture {
  const { layers, tensors, inputs, outputs } = plan;
  const families = familiesOf(layers, profile);
  const categories = [ENDS, ...families, OTHER];
  const from = new Array<number | null>(tensors.length).fill(null);
  inputs.forEach(({ tensor }, node) => {
    from[tensor] = node;
  });
  layers.forEach(({ writes }, i) => {
    for (const tensor of writes) from[tensor] ??= firstLayerNode(plan) + i;
  });
  const end = { category: 0, end: true, attributes: [], origin: [] };
  const nodes: DrawnNode[] = [
    ...inputs.map(({ name, tensor }) => ({
      ...end,
      name,
      title: 'Input',
      inputs: [],
      outputs: [tensor],
    })),
    ...layers.map((layer, i): DrawnNode => {
      const family = categories.indexOf(familyOf(layer));
      return {
        name: layerName(layer, i),
        title: layer.kernel,
        category: family < 0 ? categories.length - 1 : family,
        attributes: attributesOf(layer, profile?.dispatches[i]),
        inputs: layer.reads.map((tensor) => ['', tensor]),
        outputs: layer.writes,
        origin: layer.nodes,
      };
    }),
    ...outputs.map(({ name, tensor }) => ({
      ...end,
      name,
      title: 'Output',
      inputs: [['', tensor]] as const,
      outputs: [],
    })),
  ];
  const drawing: Drawing = { name, nodes, values: tensors.map((tensor, i) => drawnValue(tensor, from[i]!)) };
  return { categories, drawings: [drawing] };
}

/** The families that take the most time or, without times, have the most dispatches. */
function familiesOf(layers: readonly ShownLayer[], profile: ShownProfile | undefined): string[] {
  const weights = new Map<string, number>();
  layers.forEach((layer, i) => {
    const weight = profile ? profile.dispatches[i]!.share : 1;
    weights.set(familyOf(layer), (weights.get(familyOf(layer)) ?? 0) + weight);
  });
  const sorted = [...weights].sort(([, a], [, b]) => b - a).map(([family]) => family);
  return sorted.slice(0, FAMILIES);
}

function familyOf({ kernel }: ShownLayer): string {
  return kernel.split('.', 1)[0]!;
}

/** The place among dispatches makes it unique. */
function layerName({ nodes }: ShownLayer, i: number): string {
  return [`#${i}`, ...nodes.slice(0, 1)].join(' ');
}

function drawnValue({ name, dtype, shape, format }: ShownTensor, from: number | null): DrawnValue {
  return { name, type: `${dtype}[${shape}]`, format, from };
}

function attributesOf(layer: ShownLayer, times: ShownTimes | undefined): [string, string][] {
  const { kernel, tactic, workgroupSize, flops, bytesRead, bytesWritten } = layer;
  const { ms, calls = 1, share = 0, workgroups, roof } = times ?? {};
  const perSecond = (amount: number, unit: string) =>
    ms ? `, ${siText((amount * calls * 1000) / ms, `${unit}/s`)}` : '';
  const parameters = tactic.slice(kernel.length).trim();
  const size = workgroupSize.join(' × ');
  const moved = (bytesRead ?? 0) + (bytesWritten ?? 0);
  const rows: [string, string | undefined][] = [
    ['GPU time', ms === undefined ? times && 'not run' : `${timeText(ms)}, ${percentText(share)} of all dispatches`],
    ['Calls', calls > 1 ? `${calls} in a run` : undefined],
    [
      'Roof',
      roof && ms ? `${percentText(roof.ms / ms)} of what ${roof.bound} allows: ${timeText(roof.ms)}` : undefined,
    ],
    ['Parameters', parameters || undefined],
    ['Arithmetic', flops === undefined ? undefined : siText(flops, 'FLOP') + perSecond(flops, 'FLOP')],
    ['Reads', bytesRead === undefined ? undefined : siText(bytesRead, 'B')],
    ['Writes', bytesWritten === undefined ? undefined : siText(bytesWritten, 'B')],
    ['Bandwidth', moved > 0 && ms ? siText((moved * calls * 1000) / ms, 'B/s') : undefined],
    ['Workgroups', workgroups && `${workgroups.join(' × ')} of ${size} invocations`],
    ['Workgroup', workgroups ? undefined : `${size} invocations`],
    ['Chosen', chosenText(layer)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

/** Why it has this tactic. */
function chosenText({ alternatives, timing }: ShownLayer): string | undefined {
  if (!alternatives) return undefined;
  if (alternatives.length === 0) return 'it is the only tactic';
  const isTimed = timing?.us !== undefined;
  const [judge, unit] = isTimed ? ['its time', 'time'] : ['the cost model', 'cost'];
  const least = alternatives.every(([, cost]) => cost >= 1);
  const others = alternatives.map(
    ([tactic, cost]) => `${tactic} at ${cost === 1 ? `the same ${unit}` : `${cost} times the ${unit}`}`,
  );
  const why = least ? `by ${judge}` : `asked for: ${isTimed ? 'another was faster' : 'the cost model takes another'}`;
  return `${why}; there is also ${others.join(', and ')}`;
}
