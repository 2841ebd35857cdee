import { describe, expect, it } from 'vitest';
import { PIPELINES } from './pipelines.ts';
import { pipelineWith } from './placement.ts';
import { definePass } from './rule.ts';

const pass = (name: string) => definePass({ name, summary: 'does nothing', rules: [] });
const names = (...args: Parameters<typeof pipelineWith>) => pipelineWith(...args).map(({ name }) => name);

describe('a pass among those of a level', () => {
  it('runs before or after the one that it names, or at the end', () => {
    const at2 = names(2, [
      { pass: pass('first'), before: 'dead-code' },
      { pass: pass('second'), after: 'first' },
      { pass: pass('last') },
    ]);
    expect(at2.slice(0, 3)).toEqual(['first', 'second', 'dead-code']);
    expect(at2.at(-1)).toBe('last');
    expect(at2).toHaveLength(PIPELINES[2].length + 3);
  });

  it('runs from its level on, 2 by default', () => {
    expect(names(1, [{ pass: pass('own') }])).not.toContain('own');
    expect(names(1, [{ pass: pass('own'), level: 1 }])).toContain('own');
    expect(names(3, [{ pass: pass('own'), level: 1 }])).toContain('own');
  });

  it('does not run where the level lacks the one that it names', () => {
    const placed = { pass: pass('own'), after: 'fold-scales', level: 0 } as const;
    expect(names(0, [placed])).not.toContain('own');
    expect(names(2, [placed])).toContain('own');
  });

  it.each([
    ['PASS_UNKNOWN', [{ pass: pass('own'), before: 'none' }]],
    ['PASS_DEFINITION', [{ pass: pass('own'), before: 'dead-code', after: 'fold-scales' }]],
    ['PASS_DEFINITION', [{ pass: pass('dead-code') }]],
    ['PASS_DEFINITION', [{ pass: pass('own') }, { pass: pass('own') }]],
  ])('fails with %s', (code, placed) => {
    expect(() => pipelineWith(2, placed)).toThrow(expect.objectContaining({ code }));
  });
});
