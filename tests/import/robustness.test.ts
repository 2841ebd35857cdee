// Damaged files: whatever is wrong with a file, the importer answers with a TrtxError, and soon.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTrtxError } from '@trtx/errors';
import { importModel, surveyModel } from '@trtx/onnx';
import { describe, expect, it } from 'vitest';
import { hasShared, SHARED, sharedModel } from '../support/models.ts';
import { generator } from './mutations.ts';

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

/** The model of a case of the ONNX project. */
function conformanceCase(name: string): string {
  return join(SHARED, 'onnx-backend-tests', 'node', name, 'model.onnx');
}

describe.skipIf(!hasShared)('damaged files', () => {
  /** Small models: weights inside, a loop with a body, sequences in a body. */
  const SMALL: [string, string][] = [
    ['mnist', sharedModel('mnist', 'mnist.onnx')],
    ['a loop', conformanceCase('test_loop13_seq')],
    ['a sequence map', conformanceCase('test_sequence_map_add_2_sequences_expanded')],
  ];

  it.each(SMALL)('%s cut off at every byte', async (_, file) => {
    const bytes = new Uint8Array(readFileSync(file));
    expect(await outcome(bytes)).toBeUndefined();
    const start = performance.now();
    for (let length = 0; length < bytes.length; length++)
      // Behind the graph there are the opsets, so that nothing that is cut off is whole.
      expect(await outcome(bytes.subarray(0, length)), `cut at ${length}`).toBe('ONNX_PARSE');
    expect(performance.now() - start).toBeLessThan(40_000);
  });

  it.each(SMALL.slice(1, 2))('%s with every bit flipped, and every byte made 0 and 255', async (_, file) => {
    const bytes = new Uint8Array(readFileSync(file));
    const start = performance.now();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      for (let bit = 0; bit < 8; bit++) {
        changed[at] = bytes[at]! ^ (1 << bit);
        await outcome(changed);
      }
      for (const byte of [0, 255]) {
        changed[at] = byte;
        await outcome(changed);
      }
    }
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  it('a bit in every byte of a model with external weights flipped', async () => {
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
