import { expect, it } from 'vitest';
import { withinLimit } from './limit.ts';

it('gives what comes in time, and its error', async () => {
  await expect(withinLimit('x', 60, async () => 7)).resolves.toBe(7);
  await expect(withinLimit('x', 60, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('ends the wait, and tells who works to stop', async () => {
  let stopped = false;
  const endless = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped = true;
        reject(new Error('stopped'));
      });
    });
  await expect(withinLimit('ort-web', 0.02, endless)).rejects.toMatchObject({
    code: 'OPPONENT',
    summary: 'ort-web has not loaded the model and run it once in 0.02 s',
  });
  expect(stopped).toBe(true);
});
