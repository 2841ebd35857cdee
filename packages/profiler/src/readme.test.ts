import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';
import { affinePlan, engineOf } from '../../runtime/src/testing/plans.ts';

it('has an example that works', () => {
  expectExample(new URL('../README.md', import.meta.url), { files: { 'model.trtx': engineOf(affinePlan()) } });
});

it('lists every error code', () => {
  const [readme, codes] = ['../README.md', 'codes.ts'].map((path) =>
    readFileSync(new URL(path, import.meta.url), 'utf8'),
  );
  for (const [, code] of codes!.matchAll(/\| '([A-Z_]+)'/g)) expect(readme).toContain(`\`${code}\``);
});
