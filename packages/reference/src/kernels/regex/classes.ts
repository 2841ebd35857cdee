// Classes of characters in regular expressions: [a-z], \d, \pL, [[:alpha:]] and single characters that are escaped.

import type { Cursor } from './cursor.ts';

/** Whether a character, told by its code point, is one of those that are meant. */
export type Test = (code: number) => boolean;

/** Of ASCII only, as in RE2. */
const PERL: Readonly<Record<string, RegExp>> = { d: /[0-9]/, s: /[\t\n\f\r ]/, w: /[0-9A-Za-z_]/ };
const POSIX: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  ascii: /[\0-\x7f]/,
  blank: /[\t ]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t\n\v\f\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
};
const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

const within =
  (expression: RegExp): Test =>
  (code) =>
    expression.test(String.fromCodePoint(code));
const not =
  (test: Test): Test =>
  (code) =>
    !test(code);

/** What follows `[`, with the closing bracket. */
export function readClass(cursor: Cursor): Test {
  const negated = cursor.skip('^');
  const tests: Test[] = [];
  // A bracket that closes nothing yet is a character.
  for (let first = true; first || !cursor.skip(']'); first = false) tests.push(readMember(cursor));
  const any: Test = (code) => tests.some((test) => test(code));
  return negated ? not(any) : any;
}

function readMember(cursor: Cursor): Test {
  const posix = cursor.match(/^\[:(\^?)(\w+):\]/);
  if (posix) {
    const expression = POSIX[posix[2]!];
    if (!expression) throw cursor.fail(`has the unknown class ${posix[0]}`);
    return posix[1] ? not(within(expression)) : within(expression);
  }
  const low = readCode(cursor);
  if (typeof low !== 'number') return low;
  // A hyphen before the closing bracket is a character.
  if (cursor.peek() !== '-' || cursor.peek(1) === ']') return (code) => code === low;
  cursor.take();
  const high = readCode(cursor);
  if (typeof high !== 'number' || high < low) throw cursor.fail('has a range that ends before it begins');
  return (code) => code >= low && code <= high;
}

function readCode(cursor: Cursor): number | Test {
  const character = cursor.take();
  return character === '\\' ? readEscape(cursor) : character.codePointAt(0)!;
}

/** What follows a backslash, where it stands for characters. */
export function escapedCharacter(cursor: Cursor): Test {
  const meant = readEscape(cursor);
  return typeof meant === 'number' ? (code) => code === meant : meant;
}

function readEscape(cursor: Cursor): number | Test {
  const octal = cursor.match(/^(0[0-7]{0,2}|[1-7][0-7]{1,2})/);
  if (octal) return Number.parseInt(octal[0], 8);
  const hex = cursor.match(/^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/);
  if (hex) return Number.parseInt(hex[1] ?? hex[2]!, 16);
  const property = cursor.match(/^([pP])(?:(\w)|\{(\^?)(\w+)\})/);
  if (property) return readProperty(cursor, property);
  const character = cursor.take();
  const perl = PERL[character.toLowerCase()];
  if (perl) return character === character.toLowerCase() ? within(perl) : not(within(perl));
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  if (/[0-9A-Za-z]/.test(character)) throw cursor.fail(`has the unknown escape \\${character}`);
  return character.codePointAt(0)!;
}

/** \pN, \p{Greek}, \p{^Greek}, \P{Lu}: a general category or a script. */
function readProperty(cursor: Cursor, [all, letter, short, caret, long]: RegExpExecArray): Test {
  const name = short ?? long!;
  const negated = (letter === 'P') !== (caret === '^');
  if (name === 'Any') return () => !negated;
  for (const text of [`\\p{${name}}`, `\\p{Script=${name}}`])
    try {
      const test = within(new RegExp(text, 'u'));
      return negated ? not(test) : test;
    } catch {
      // No name of this kind.
    }
  throw cursor.fail(`has the unknown class \\${all}`);
}
