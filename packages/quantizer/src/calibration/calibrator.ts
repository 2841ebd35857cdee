// What a calibrator is: it chooses the range that codes are to cover, from what was seen of a tensor.

import { TrtxError } from '@trtx/errors';
import type { Range } from '../scheme/parameters.ts';
import type { Target } from '../scheme/scheme.ts';
import type { Observer } from './observer.ts';

export interface Calibrator {
  readonly name: string;
  /** One line for the documentation. */
  readonly summary: string;
  /** The range; symmetric targets use the larger magnitude of its ends. */
  range(seen: Observer, target: Target): Range;
}

export function defineCalibrator(calibrator: Calibrator): Calibrator {
  return Object.freeze(calibrator);
}

/** Calibrators by name: a value that is passed in, never a global. */
export class Calibrators {
  readonly #all = new Map<string, Calibrator>();

  constructor(calibrators: Iterable<Calibrator> = []) {
    for (const calibrator of calibrators) this.#all.set(calibrator.name, calibrator);
  }

  get names(): readonly string[] {
    return [...this.#all.keys()];
  }

  /** @throws TrtxError CALIBRATOR_UNKNOWN */
  get(name: string): Calibrator {
    const found = this.#all.get(name);
    if (found) return found;
    throw new TrtxError('CALIBRATOR_UNKNOWN', `there is no calibrator ${name}`, {
      hint: `There are ${this.names.join(', ')}.`,
    });
  }

  /** These and others; where a name is taken, the new one holds. */
  with(calibrators: Iterable<Calibrator>): Calibrators {
    return new Calibrators([...this.#all.values(), ...calibrators]);
  }
}
