import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Row, withRow } from './page.ts';

const page = readFileSync(new URL('../../../docs/benchmarks.md', import.meta.url), 'utf8');
const row: Row = {
  network: 'detector',
  dims: [1, 3, 320, 320],
  against: 'onnxruntime-node 1.30 (webgpu)',
  trtxMs: 12.345,
  ortMs: 2345.6,
  ratio: 0.0123,
  adapter: 'Some | GPU',
  date: '2030-01-02',
};
const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('| detector |'));

it('adds a row for a new adapter, and writes that of a known one anew', () => {
  const added = withRow(page, row);
  const line =
    '| detector | 1x3x320x320 | onnxruntime-node 1.30 (webgpu) | 12.3 | 2346 | 0.01 | Some   GPU | 2030-01-02 |';
  expect(rowsOf(added)).toEqual([...rowsOf(page), line]);
  const again = withRow(added, { ...row, trtxMs: 11, date: '2030-01-03' });
  expect(rowsOf(again)).toEqual([...rowsOf(page), line.replace('12.3', '11.0').replace('01-02', '01-03')]);
});

it('writes long times out', () => {
  expect(rowsOf(withRow(page, { ...row, ortMs: 27_344 })).at(-1)).toContain('| 12.3 | 27344 |');
});

it('leaves all else of the page as it is', () => {
  const added = withRow(page, row);
  expect(added.split('\n').filter((line) => !line.includes('2030-01-02'))).toEqual(page.split('\n'));
});

it('refuses a page without the marks', () => {
  expect(() => withRow('# no table', row)).toThrow('lacks the marks');
});
