// How many cases have each op in their model, and how many of those pass by the list of those that do not.

import { readFileSync } from 'node:fs';
import { opName } from '@trtx/ir';
import { surveyModel } from '@trtx/onnx';
import { type Case, findCases } from '../cases.ts';
import type { Expected } from '../expected.ts';

/** Names of the cases that have an op, functions and bodies included; by op as models name it. */
export type CasesByOp = ReadonlyMap<string, readonly string[]>;

export function casesByOp(suites: readonly string[]): CasesByOp {
  const cases = new Map<string, string[]>();
  for (const testCase of suites.flatMap(findCases))
    for (const op of opsOf(testCase)) {
      const own = cases.get(op) ?? [];
      own.push(testCase.name);
      cases.set(op, own);
    }
  return cases;
}

function opsOf({ model }: Case): Set<string> {
  return new Set(surveyModel(readFileSync(model)).versions.map(({ domain, op }) => opName({ domain, name: op })));
}

/** `12`, or `11 of 12` where not all pass. */
export function passedText(cases: readonly string[], expected: Expected): string {
  const passed = cases.filter((name) => !(name in expected)).length;
  return passed === cases.length ? `${passed}` : `${passed} of ${cases.length}`;
}
