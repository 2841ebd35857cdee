// The layers of an engine for people: which nodes became which kernel, what it moves, and why it is this one.

import type { Layer, LayerTensor, PlanLayers } from '@trtx/profiler';
import { bytesText, numberText, table } from '../text.ts';

const NAMES_LENGTH = 48;

export function layerLines({ layers, tensors }: PlanLayers): string[] {
  const head = ['#', 'nodes', 'tactic', 'MFLOP', 'reads', 'writes', 'results', 'other tactics, by cost'];
  return table([head, ...layers.map((layer, i) => [String(i), ...cells(layer, tensors)])]);
}

function cells(layer: Layer, tensors: readonly LayerTensor[]): string[] {
  const { nodes, tactic, flops, bytesRead, bytesWritten, writes, alternatives } = layer;
  return [
    clipped(nodes.join(', ')),
    tactic,
    flops === undefined ? '' : numberText(flops / 1e6),
    bytesRead === undefined ? '' : bytesText(bytesRead),
    bytesWritten === undefined ? '' : bytesText(bytesWritten),
    writes.map((tensor) => tensorText(tensors[tensor]!)).join(', '),
    alternativesText(alternatives),
  ];
}

function tensorText({ dtype, shape, format }: LayerTensor): string {
  return `${dtype}[${shape.join(', ')}]${format === 'row-major' ? '' : ` ${format}`}`;
}

function alternativesText(alternatives: Layer['alternatives']): string {
  if (!alternatives) return '';
  return alternatives.map(([tactic, cost]) => `${tactic} × ${cost}`).join(', ') || 'none';
}

function clipped(text: string): string {
  return text.length > NAMES_LENGTH ? `${text.slice(0, NAMES_LENGTH - 1)}…` : text;
}
