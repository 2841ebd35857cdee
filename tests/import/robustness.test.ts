// Damaged files: whatever is wrong with a file, the importer answers with a TrtxError, and soon.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTrtxError } from '@trtx/errors';
import { importModel, surveyModel } from '@trtx/onnx';
import { describe, expect, it } from 'vitest';
import { hasShared, SHARED, sharedModel } from '../support/models.ts';

/** Undefined where the file was imported, else the code of the TrtxError; any other error passes. */
async function outcome(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await importModel(bytes);
    return undefined;
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    return error.code;
  }
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe.skipIf(!hasShared)('damaged files', () => {
  it('mnist cut off at every byte', async () => {
    const bytes = new Uint8Array(readFileSync(sharedModel('mnist', 'mnist.onnx')));
    const start = performance.now();
    for (let length = 0; length < bytes.length; length++)
      expect(await outcome(bytes.subarray(0, length)), `cut at ${length}`).toBe('ONNX_PARSE');
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('a bit in every byte of a small model flipped', async () => {
    const bytes = new Uint8Array(readFileSync(join(sharedModel('generated', 'espcn'), 'model.onnx')));
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << (at & 7);
      // Its weights are external and there is no resolver, so that is the best outcome.
      expect(await outcome(flipped), `byte ${at}`).toBeTruthy();
    }
  });

  it('bytes of a thousand models changed', async () => {
    const random = generator(20261121);
    const cases = join(SHARED, 'onnx-backend-tests', 'node');
    let imported = 0;
    let slowest = 0;
    for (const name of existsSync(cases) ? readdirSync(cases) : []) {
      const bytes = new Uint8Array(readFileSync(join(cases, name, 'model.onnx')));
      for (let i = 0; i < 8; i++) {
        const changed = bytes.slice();
        for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
          const at = Math.floor(random() * bytes.length);
          changed[at] = random() < 0.5 ? changed[at]! ^ (1 << Math.floor(random() * 8)) : Math.floor(random() * 256);
        }
        const start = performance.now();
        const code = await outcome(changed).catch((error: unknown) => {
          throw new Error(`${name}, change ${i}`, { cause: error });
        });
        slowest = Math.max(slowest, performance.now() - start);
        if (code === undefined) imported++;
        try {
          surveyModel(changed);
        } catch (error) {
          expect(isTrtxError(error), name).toBe(true);
        }
      }
    }
    expect(imported).toBeGreaterThan(100);
    expect(slowest).toBeLessThan(2000);
  });
});
