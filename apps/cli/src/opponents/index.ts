// `--vs`: which engine, and which of its providers.

import { TrtxError } from '@trtx/errors';
import type { OpenOpponent, Opponent } from './opponent.ts';
import { openOrtNode } from './ort-node.ts';
import { openOrtWeb } from './ort-web.ts';

interface Entry {
  readonly open: OpenOpponent;
  /** The first one is taken where none is named. */
  readonly providers: readonly string[];
}

const OPPONENTS: ReadonlyMap<string, Entry> = new Map([
  ['ort-node', { open: openOrtNode, providers: ['webgpu', 'cpu'] }],
  ['ort-web', { open: openOrtWeb, providers: ['webgpu', 'wasm'] }],
]);

export interface OpponentChoice {
  /** As it was asked for. */
  readonly name: string;
  open(model: string, signal: AbortSignal): Promise<Opponent>;
}

/** `ort-node`, `ort-node:cpu`. @throws TrtxError USAGE */
export function parseOpponent(text: string): OpponentChoice {
  const [name, provider] = text.split(':') as [string, string?];
  const entry = OPPONENTS.get(name);
  const chosen = provider ?? entry?.providers[0];
  if (entry && chosen && entry.providers.includes(chosen))
    return { name: text, open: (model, signal) => entry.open(model, chosen, signal) };
  const all = [...OPPONENTS].flatMap(([one, { providers }]) => providers.map((each) => `${one}:${each}`));
  throw new TrtxError('USAGE', `--vs ${text} is none of the engines that are known`, {
    hint: `It is ${all.join(', ')}; the first provider of each by default.`,
  });
}
