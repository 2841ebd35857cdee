// An engine's summary for people.

import type { EngineSummary, TensorSummary } from '@trtx/engine';
import { quote } from '@trtx/errors';
import { bytesText } from '../text.ts';

/** What an engine takes, gives, does and needs: rows of a name and a text. */
export function engineRows(summary: EngineSummary): [string, string][] {
  const { dispatches, copies, pipelines, kernels, hostNodes, hostSteps, requires } = summary;
  const limits = Object.entries(requires.limits).map(([name, value]) => `${name} ${value}`);
  const needs = [...requires.features, ...limits];
  return [
    ...summary.inputs.map((tensor): [string, string] => ['input', tensorText(tensor)]),
    ...summary.outputs.map((tensor): [string, string] => ['output', tensorText(tensor)]),
    ...summary.symbols.map((symbol): [string, string] => ['dimension', dimensionText(symbol)]),
    ['dispatches', `${dispatches}${copies > 0 ? ` and ${copies} copies` : ''}, ${pipelines} pipelines`],
    ['kernels', kernels.join(', ') || 'none'],
    ['weights', bytesText(summary.weightBytes)],
    ['arena', `${bytesText(summary.arenaBytes)}, of which ${bytesText(summary.liveBytesPeak)} are alive at once`],
    ['host nodes', hostNodes.length === 0 ? 'none' : `${hostNodes.length}, ${hostSteps} of them at each run`],
    ...hostNodes.map(({ node, op, reason }): [string, string] => ['', `${quote(node)} (${quote(op)}): ${reason}`]),
    ['requires', needs.join(', ') || 'the WebGPU defaults'],
  ];
}

/** `H: 32 to 960 in steps of 32`. */
export function dimensionText({ name, min, max, multipleOf }: EngineSummary['symbols'][number]): string {
  return `${quote(name)}: ${min} to ${max}${multipleOf > 1 ? ` in steps of ${multipleOf}` : ''}`;
}

function tensorText({ name, dtype, storage, shape }: TensorSummary): string {
  const isAsItIs = /x/.test(storage) || { float32: 'f32', int32: 'i32', uint32: 'u32' }[dtype as string] === storage;
  return `${quote(name)}: ${dtype}${shape}${isAsItIs ? '' : `, stored as ${storage}`}`;
}
