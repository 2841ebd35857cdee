/**
 * What does a strip say? The recognizer gives, for every 8 columns, a distribution over the alphabet and a "blank".
 * The text is the best path: the likeliest class of each step, repeats merged, blanks dropped (greedy decoding of CTC:
 * Graves et al., "Connectionist Temporal Classification", ICML 2006). Network: SVTR-LCNet of PP-OCRv4.
 */
import { type Picture, resizePicture } from '@trtx/cli/picture';
import { type Net, PLUS_MINUS_ONE, pictureToTensor, type Tensor } from './tensor.ts';

export interface Reading {
  text: string;
  /** The mean probability of the characters, 0..1; 0 for no characters. */
  confidence: number;
}

/** The input shapes of the recognizer. */
export const RECOGNIZER_SHAPE = 'x:1x3x48x{320..3200:32}';

const HEIGHT = 48;
/** Shorter strips are padded to this width, with which the network was trained. */
const MIN_WIDTH = 320;
/** Longer strips are squeezed into this width. */
const MAX_WIDTH = 3200;
const WIDTH_STEP = 32;

/** Reads an upright strip. `alphabet[class]` is the text of a class, see `parseAlphabet`. */
export async function recognize(strip: Picture, recognizer: Net, alphabet: readonly string[]): Promise<Reading> {
  const width = Math.min(MAX_WIDTH, Math.max(1, Math.ceil((HEIGHT * strip.width) / strip.height)));
  const padded = Math.max(MIN_WIDTH, Math.ceil(width / WIDTH_STEP) * WIDTH_STEP);
  const steps = await recognizer(pictureToTensor(resizePicture(strip, width, HEIGHT), PLUS_MINUS_ONE, padded));
  const { text, confidence } = decodeGreedy(steps, alphabet);
  return { text: text.trim(), confidence };
}

/**
 * Greedy CTC decoding of probabilities `[1, steps, classes]`; class 0 is the blank. Throws RangeError when the classes
 * are not those of the alphabet.
 */
export function decodeGreedy({ data, dims }: Tensor, alphabet: readonly string[]): Reading {
  const [steps, classes] = dims.slice(-2);
  if (classes !== alphabet.length) {
    throw new RangeError(`The recognizer knows ${classes} classes, but the alphabet has ${alphabet.length}`);
  }
  let text = '';
  let sum = 0;
  let count = 0;
  let previous = 0;
  for (let step = 0; step < steps; step++) {
    const start = step * classes;
    let best = 0;
    for (let i = 1; i < classes; i++) if (data[start + i] > data[start + best]) best = i;
    if (best !== 0 && best !== previous) {
      text += alphabet[best];
      sum += data[start + best];
      count++;
    }
    previous = best;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}

/** The classes of the recognizer: the blank, the lines of PP-OCR's keys file, and the space. */
export function parseAlphabet(keys: string): string[] {
  return ['', ...keys.replace(/\r?\n$/, '').split(/\r?\n/), ' '];
}
