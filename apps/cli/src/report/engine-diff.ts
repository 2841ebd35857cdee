// Two engines beside each other, for people.

import type { EngineDiff, LayerDiff, LayerSide, Sides, SizeName } from '@trtx/profiler';
import { bytesText, numberText, table } from '../text.ts';

const NAMES_LENGTH = 48;

const KINDS: Readonly<Record<Exclude<LayerDiff['kind'], 'same'>, string>> = {
  tactic: 'tactic',
  format: 'format',
  fused: 'fused otherwise',
  gone: 'only before',
  new: 'only after',
};

const SIZES: Readonly<Record<SizeName, readonly [name: string, text: (size: number) => string]>> = {
  dispatches: ['dispatches', String],
  pipelines: ['pipelines', String],
  weightBytes: ['weights', bytesText],
  arenaBytes: ['arena', bytesText],
  liveBytesPeak: ['alive at once', bytesText],
  flops: ['arithmetic', (flops) => `${numberText(flops / 1e6)} MFLOP`],
  bytesMoved: ['reads and writes', bytesText],
};

export function engineDiffLines({ layers, sizes }: EngineDiff, fileBytes: Sides<number>): string[] {
  const changed = layers.flatMap(({ kind, before, after }) =>
    kind === 'same'
      ? []
      : [[KINDS[kind], namesOf(before.length > 0 ? before : after), sideText(before), '→', sideText(after)]],
  );
  const same = layers.length - changed.length;
  return [
    ...table(changed),
    ...table([
      ['file', bytesText(fileBytes.before), 'became', bytesText(fileBytes.after)],
      ...Object.entries(SIZES).map(([key, [name, text]]) => {
        const { before, after } = sizes[key as SizeName];
        return [name, text(before), before === after ? 'as before' : 'became', before === after ? '' : text(after)];
      }),
    ]),
    `layers: ${same} are the same, ${changed.length} are not`,
  ];
}

function namesOf(sides: readonly LayerSide[]): string {
  const names = [...new Set(sides.flatMap(({ nodes }) => nodes))].join(', ') || '(no node)';
  return names.length > NAMES_LENGTH ? `${names.slice(0, NAMES_LENGTH - 1)}…` : names;
}

function sideText(sides: readonly LayerSide[]): string {
  return sides.map(({ tactic, formats }) => [tactic, ...new Set(formats)].join(', ')).join(' + ') || 'nothing';
}
