// What statements may do to variables, whatever way is taken through them.

import type { Statement } from './syntax.ts';

const ASSIGNED = new WeakMap<Statement, ReadonlySet<string>>();
const LEFT = new WeakMap<Statement, boolean>();

/** Variables that are given another value, but for those of which only a part is. */
export function assignedIn(statement: Statement): ReadonlySet<string> {
  let known = ASSIGNED.get(statement);
  if (!known) {
    const own = statement.kind === 'assign' && statement.target.kind === 'name' ? [statement.target.name] : [];
    known = new Set([...own, ...partsOf(statement).flatMap((part) => [...assignedIn(part)])]);
    ASSIGNED.set(statement, known);
  }
  return known;
}

/** Whether a round of the loop that it is the body of may end before its end. */
export function leaves(statement: Statement): boolean {
  let known = LEFT.get(statement);
  if (known === undefined) {
    known = statement.kind === 'leave' || partsOf(statement).some(leaves);
    LEFT.set(statement, known);
  }
  return known;
}

function partsOf(statement: Statement): readonly Statement[] {
  switch (statement.kind) {
    case 'block':
      return statement.body;
    case 'if':
      return [statement.then, ...(statement.otherwise ? [statement.otherwise] : [])];
    case 'for':
      return [statement.start, statement.step, statement.body].filter((part) => part !== undefined);
    case 'switch':
      return statement.cases;
    default:
      return [];
  }
}
