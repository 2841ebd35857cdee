/**
 * Reads a picture: find the lines, straighten each, turn it upright, read it. This is the whole of PP-OCR (Du et al.,
 * "PP-OCR: A Practical Ultra Lightweight OCR System", 2020) around its three networks.
 */
import type { Picture } from '@trtx/cli/picture';
import { uprightStrip } from './classify.ts';
import { type DetectOptions, detectLines } from './detect.ts';
import type { Quad } from './geometry.ts';
import { type Reading, recognize } from './recognize.ts';
import { rectify } from './rectify.ts';
import type { Nets } from './tensor.ts';

export interface Line extends Reading {
  /** Where the line is, in pixels of the picture. */
  quad: Quad;
  /** Whether the line stood on its head. */
  turned: boolean;
}

export const STAGES = ['detect', 'rectify', 'classify', 'recognize'] as const;
export type Stage = (typeof STAGES)[number];

/** `done` of `total` steps of a stage are finished; each stage begins with 0 of its total. */
export interface Progress {
  stage: Stage;
  done: number;
  total: number;
}

export interface ReadOptions extends DetectOptions {
  /** The text of each class of the recognizer, see `parseAlphabet`. */
  alphabet: readonly string[];
  onProgress?: (progress: Progress) => void;
}

/** The lines of text in a picture, in reading order. Lines in which nothing is read are left out. */
export async function readPicture(picture: Picture, nets: Nets, options: ReadOptions): Promise<Line[]> {
  const stage = async <T, R>(name: Stage, items: readonly T[], step: (item: T) => R | Promise<R>): Promise<R[]> => {
    const results: R[] = [];
    options.onProgress?.({ stage: name, done: 0, total: items.length });
    for (const item of items) {
      results.push(await step(item));
      options.onProgress?.({ stage: name, done: results.length, total: items.length });
    }
    return results;
  };

  const [quads] = await stage('detect', [picture], (whole) => detectLines(whole, nets.detector, options));
  const strips = await stage('rectify', quads, (quad) => rectify(picture, quad));
  const upright = await stage('classify', strips, (strip) => uprightStrip(strip, nets.classifier));
  const readings = await stage('recognize', upright, ({ strip }) =>
    recognize(strip, nets.recognizer, options.alphabet),
  );
  return readings
    .map((reading, i) => ({ ...reading, quad: quads[i], turned: upright[i].turned }))
    .filter(({ text }) => text !== '');
}
