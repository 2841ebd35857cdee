// `--vs`: which engine, and which of its providers.

import { TrtxError } from '@trtx/errors';
import type { OpenOpponent, Opponent } from './opponent.ts';
import { openOrtNode } from './ort-node.ts';
import { openOrtWeb } from './ort-web.ts';
import { openTfjs } from './tfjs.ts';

interface Entry {
  readonly open: OpenOpponent;
  /** The first one is taken where none is named. */
  readonly providers: readonly string[];
  /** Whether it takes models of a format of its own. */
  readonly needsTwin?: boolean;
}

const OPPONENTS: ReadonlyMap<string, Entry> = new Map([
  ['ort-node', { open: openOrtNode, providers: ['webgpu', 'cpu'] }],
  ['ort-web', { open: openOrtWeb, providers: ['webgpu', 'wasm'] }],
  ['tfjs', { open: openTfjs, providers: ['webgpu', 'wasm', 'cpu'], needsTwin: true }],
]);

export interface OpponentChoice {
  /** As it was asked for. */
  readonly name: string;
  open(model: string, signal: AbortSignal): Promise<Opponent>;
}

/**
 * `ort-node`, `ort-node:cpu`.
 * @param twin the same network in a file that the other engine takes
 * @throws TrtxError USAGE
 */
export function parseOpponent(text: string, twin?: string): OpponentChoice {
  const [name, provider] = text.split(':') as [string, string?];
  const entry = OPPONENTS.get(name);
  const chosen = provider ?? entry?.providers[0];
  if (entry && chosen && entry.providers.includes(chosen)) {
    if (entry.needsTwin && !twin)
      throw new TrtxError('USAGE', `--vs ${text} needs the same network in a file of its own`, {
        hint: 'Name it with --vs-model: of TensorFlow.js a model.json.',
      });
    return { name: text, open: (model, signal) => entry.open(twin ?? model, chosen, signal) };
  }
  const all = [...OPPONENTS].flatMap(([one, { providers }]) => providers.map((each) => `${one}:${each}`));
  throw new TrtxError('USAGE', `--vs ${text} is none of the engines that are known`, {
    hint: `It is ${all.join(', ')}; the first provider of each by default.`,
  });
}
