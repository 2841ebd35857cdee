import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mnist } from './mnist.ts';
import { withTable } from './page.ts';

const page = readFileSync(new URL('../../../docs/accuracy.md', import.meta.url), 'utf8');

it('writes the table of a case anew, and leaves all else as it is', () => {
  const written = withTable(page, mnist, [
    { variant: 'float32', score: 98.91, bytes: 24000, share: 1 },
    { variant: 'int8', score: 98.9, bytes: 6000, share: 0.25, worstSqnrDb: 30.04 },
  ]);
  expect(written).toContain('| float32 | 98.91 | 24000 | 1.000 |  |\n| int8 | 98.90 | 6000 | 0.250 | 30.0 |\n');
  const [before, after] = [page, written].map((text) => text.split(/<!-- npm.*?<!-- end -->/s));
  expect(after).toEqual(before);
  expect(() => withTable('# none', mnist, [])).toThrow('lacks the mark');
});
