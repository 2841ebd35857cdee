// What a test says of a model that is to be refused.

import { isTrtxError } from '@trtx/errors';
import { expect } from 'vitest';
import { importModel } from '../import/import.ts';
import { type ModelInput, modelBytes } from './models.ts';

export interface Refusal {
  readonly code: string;
  /** In the message. */
  readonly says: string;
  readonly node?: string;
  readonly tensor?: string;
}

/** A refusal takes no longer, however much the file asks for: a second or two, on a machine that does nothing else. */
const MAX_MILLISECONDS = 10_000;

/** Expects the import to end in such an error, whose message names the node and the tensor, and soon. */
export async function expectRefusal(input: ModelInput, { code, says, node, tensor }: Refusal): Promise<void> {
  const bytes = modelBytes(input);
  const start = performance.now();
  const error: unknown = await importModel(bytes).catch((e: unknown) => e);
  expect(performance.now() - start).toBeLessThan(MAX_MILLISECONDS);
  if (!isTrtxError(error)) throw error;
  expect(error.message).toContain(says);
  expect(error.code).toBe(code);
  if (node) expect(error.message).toContain(`node ${node}`);
  if (tensor) expect(error.message).toContain(`tensor ${tensor}`);
  expect(error.message.length).toBeLessThan(1000);
}
