import { existsSync, readFileSync } from 'node:fs';
import { standardOps } from '@trtx/ir';
import { SUCCESSORS, spelledNames } from '@trtx/onnx';
import { describe, expect, it } from 'vitest';
import { SHARED } from '../../../../tests/support/models.ts';
import { readExpected } from '../expected.ts';
import { operatorsPage, placesIn } from './page.ts';
import { casesByOp } from './tally.ts';

const page = readFileSync(new URL('../../../../docs/operators.md', import.meta.url), 'utf8');
const suite = `${SHARED}/onnx-backend-tests`;

describe('docs/operators.md', () => {
  it('has every op', () => {
    const named = [...page.matchAll(/^(?:\| (\w+) \| |Of other domains: (.*)\.$)/gm)]
      .flatMap(([, op, others]) => op ?? others!.split(', '))
      .filter((op) => op !== 'op');
    expect(named).toEqual(
      expect.arrayContaining([...[...standardOps].map(({ name }) => name), ...SUCCESSORS.keys(), ...spelledNames()]),
    );
  });

  it.skipIf(!existsSync(suite))('is up to date: see `npm run -s operators`', () => {
    const fresh = operatorsPage({
      registry: standardOps,
      cases: casesByOp([suite]),
      expected: { reference: readExpected('reference')!, webgpu: readExpected('webgpu')! },
      // Where nodes were computed takes a run of all cases to tell.
      places: placesIn(page),
    });
    expect(fresh).toBe(page);
  });
});

it('reads from a page what it cannot know', () => {
  const places = { Abs: { gpu: 3, build: 0, host: 1 }, LRN: { gpu: 2, build: 0, host: 0 } };
  const expected = { reference: {}, webgpu: { b: 'why' } };
  const cases = new Map([['Abs', ['a', 'b']]]);
  const text = operatorsPage({ registry: standardOps, cases, expected, places });
  expect(text).toContain(
    '| Abs | 13 (6) | floats, integers | GPU: generated from its expression | 3 / 1 | 1 of 2 | 2 |\n',
  );
  expect(placesIn(text)).toEqual(places);
});
