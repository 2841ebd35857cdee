import { expect, it } from 'vitest';
import { LIMIT, measure } from './measure.mjs';

it('fits the budget, and needs nothing that a strict page or a worker forbids', async () => {
  const { gzip, text, files } = await measure();
  expect(gzip).toBeLessThanOrEqual(LIMIT);
  expect(text).not.toMatch(/\beval\(|new Function|\bimport\(|\bdocument\b|\bwindow\b|\brequire\(/);
  const packages = new Set(files.filter(([, bytes]) => bytes > 0).map(([file]) => file.split('/')[0]));
  expect([...packages].sort()).toEqual(['engine', 'errors', 'runtime']);
});
