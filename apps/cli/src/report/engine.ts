// An engine's summary for people.

import type { EngineSummary, ProfileSummary, TensorSummary } from '@trtx/engine';
import { quote } from '@trtx/errors';
import { bytesText } from '../text.ts';

/** What an engine takes, gives, does and needs: rows of a name and a text. */
export function engineRows({ profiles, ...engine }: EngineSummary): [string, string][] {
  const { pipelines, weightBytes } = engine;
  const weights: [string, string] = ['weights', bytesText(weightBytes)];
  if (!profiles) return runRows(engine, `, ${pipelines} pipelines`, [weights]);
  return [
    weights,
    ['pipelines', String(pipelines)],
    ...profiles.flatMap((profile): [string, string][] => [
      ['profile', quote(profile.name)],
      ...runRows(profile).map(([name, text]): [string, string] => [`  ${name}`, text]),
    ]),
  ];
}

/** @param more what else there is to tell in the middle of it */
function runRows(summary: ProfileSummary, pipelines = '', more: [string, string][] = []): [string, string][] {
  const { dispatches, copies, kernels, hostNodes, hostSteps, requires, inBounds, openKernels } = summary;
  const limits = Object.entries(requires.limits).map(([name, value]) => `${name} ${value}`);
  const matrices = (requires.matrices ?? []).map((matrix) => `subgroup matrix ${quote(JSON.stringify(matrix))}`);
  const needs = [...requires.features, ...limits, ...matrices];
  return [
    ...summary.inputs.map((tensor): [string, string] => ['input', tensorText(tensor)]),
    ...summary.outputs.map((tensor): [string, string] => ['output', tensorText(tensor)]),
    ...summary.symbols.map((symbol): [string, string] => ['dimension', dimensionText(symbol)]),
    ['dispatches', `${dispatches}${copies > 0 ? ` and ${copies} copies` : ''}${pipelines}`],
    ['kernels', kernels.join(', ') || 'none'],
    ...more,
    ['arena', `${bytesText(summary.arenaBytes)}, of which ${bytesText(summary.liveBytesPeak)} are alive at once`],
    ['host nodes', hostNodes.length === 0 ? 'none' : `${hostNodes.length}, ${hostSteps} of them at each run`],
    ...hostNodes.map(({ node, op, reason }): [string, string] => ['', `${quote(node)} (${quote(op)}): ${reason}`]),
    [
      'accesses',
      inBounds
        ? 'in bounds, whatever the inputs'
        : `checked by the device${openKernels.length > 0 ? ` in ${openKernels.join(', ')}` : ''}`,
    ],
    ['requires', needs.join(', ') || 'the WebGPU defaults'],
  ];
}

/** `H: 32 to 960 in steps of 32`. */
export function dimensionText({ name, min, max, multipleOf }: ProfileSummary['symbols'][number]): string {
  return `${quote(name)}: ${min} to ${max}${multipleOf > 1 ? ` in steps of ${multipleOf}` : ''}`;
}

function tensorText({ name, dtype, storage, shape }: TensorSummary): string {
  const isAsItIs = /x/.test(storage) || { float32: 'f32', int32: 'i32', uint32: 'u32' }[dtype as string] === storage;
  return `${quote(name)}: ${dtype}${shape}${isAsItIs ? '' : `, stored as ${storage}`}`;
}
