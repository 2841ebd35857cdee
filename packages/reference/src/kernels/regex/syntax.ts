// Reads RE2's syntax (https://github.com/google/re2/wiki/Syntax). What only tells which of several matches is preferred
// (lazy repetition, captures, the flag U) is read and left out: a whole match is one however it comes about.

import { escapedCharacter, readClass, type Test } from './classes.ts';
import { Cursor } from './cursor.ts';

export type RegexNode =
  | { readonly kind: 'character'; readonly test: Test }
  /** A condition on the characters around a place; undefined at the ends of the text. */
  | { readonly kind: 'check'; holds(before: number | undefined, after: number | undefined): boolean }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'either'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max: number };

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

/** RE2's own limits. */
const MAX_REPEAT = 1000;
const MAX_DEPTH = 1000;

const NEWLINE = 10;
const isWord = (code: number | undefined) => code !== undefined && /\w/.test(String.fromCodePoint(code));

/** @throws TrtxError REGEX */
export function parseRegex(pattern: string): RegexNode {
  return new Parser(pattern).parse();
}

class Parser {
  readonly #cursor: Cursor;
  #flags: Flags = { ignoreCase: false, dotAll: false, multiline: false };
  #depth = 0;

  constructor(pattern: string) {
    this.#cursor = new Cursor(pattern);
  }

  parse(): RegexNode {
    const node = this.#either();
    if (this.#cursor.peek() !== undefined) throw this.#cursor.fail('closes a group that is not open');
    return node;
  }

  /** Flags that are set inside end with the group. */
  #either(): RegexNode {
    if (++this.#depth > MAX_DEPTH) throw this.#cursor.fail('is nested too deeply');
    const flags = this.#flags;
    const options = [this.#sequence()];
    while (this.#cursor.skip('|')) options.push(this.#sequence());
    this.#flags = flags;
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: 'either', options };
  }

  #sequence(): RegexNode {
    const cursor = this.#cursor;
    const items: RegexNode[] = [];
    for (let next = cursor.peek(); next !== undefined && next !== '|' && next !== ')'; next = cursor.peek()) {
      items.push(...(cursor.skip('\\Q') ? this.#quoted() : [this.#item()]));
      const times = this.#times();
      if (!times) continue;
      const item = items.pop();
      if (!item) throw cursor.fail('repeats nothing');
      items.push({ kind: 'repeat', item, ...times });
      // Which of several matches a lazy repetition prefers does not matter.
      cursor.skip('?');
      if (this.#times()) throw cursor.fail('repeats a repetition');
    }
    return { kind: 'sequence', items };
  }

  /** Up to \E: characters as they are. */
  #quoted(): RegexNode[] {
    const items: RegexNode[] = [];
    while (this.#cursor.peek() !== undefined && !this.#cursor.skip('\\E'))
      items.push(this.#literal(this.#cursor.take()));
    return items;
  }

  /** Braces that tell no numbers are characters. */
  #times(): { min: number; max: number } | undefined {
    const cursor = this.#cursor;
    if (cursor.skip('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (cursor.skip('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (cursor.skip('?')) return { min: 0, max: 1 };
    const braces = cursor.match(/^\{(\d+)(,(\d*))?\}/);
    if (!braces) return undefined;
    const min = Number(braces[1]);
    const max = braces[2] === undefined ? min : braces[3] === '' ? Number.POSITIVE_INFINITY : Number(braces[3]);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && Number.isFinite(max)) || max < min)
      throw cursor.fail(`asks for ${braces[0]}`);
    return { min, max };
  }

  #item(): RegexNode {
    const cursor = this.#cursor;
    if (cursor.skip('(')) return this.#group();
    if (cursor.skip('[')) return this.#character(readClass(cursor));
    const next = cursor.take();
    const { dotAll, multiline } = this.#flags;
    if (next === '.') return this.#character((code) => dotAll || code !== NEWLINE);
    if (next === '^') return check((before) => before === undefined || (multiline && before === NEWLINE));
    if (next === '$') return check((_, after) => after === undefined || (multiline && after === NEWLINE));
    if ('*+?'.includes(next)) throw cursor.fail('repeats nothing');
    if (next !== '\\') return this.#literal(next);
    if (cursor.skip('A')) return check((before) => before === undefined);
    if (cursor.skip('z')) return check((_, after) => after === undefined);
    if (cursor.skip('b')) return check((before, after) => isWord(before) !== isWord(after));
    if (cursor.skip('B')) return check((before, after) => isWord(before) === isWord(after));
    if (cursor.skip('C')) return this.#character(() => true);
    return this.#character(escapedCharacter(cursor));
  }

  #group(): RegexNode {
    const cursor = this.#cursor;
    const outside = this.#flags;
    if (cursor.skip('?') && !cursor.match(/^P?<\w+>/)) {
      const told = cursor.match(/^([imsU]*)(-[imsU]+)?([:)])/);
      if (!told) throw cursor.fail('has a group that is unknown to RE2');
      const on = (flag: string, now: boolean) => (now || told[1]!.includes(flag)) && !told[2]?.includes(flag);
      this.#flags = {
        ignoreCase: on('i', outside.ignoreCase),
        multiline: on('m', outside.multiline),
        dotAll: on('s', outside.dotAll),
      };
      // (?i) holds for the rest of the group that it stands in.
      if (told[3] === ')') return { kind: 'sequence', items: [] };
    }
    const node = this.#either();
    this.#flags = outside;
    if (!cursor.skip(')')) throw cursor.fail('has a group that is not closed');
    return node;
  }

  #literal(character: string): RegexNode {
    const code = character.codePointAt(0)!;
    return this.#character((other) => other === code);
  }

  /** The character in any case, where case is ignored. */
  #character(test: Test): RegexNode {
    if (!this.#flags.ignoreCase) return { kind: 'character', test };
    const inAnyCase = (code: number) => {
      const [own, lower] = [String.fromCodePoint(code), String.fromCodePoint(code).toLowerCase()];
      // The Kelvin sign has k for its lower case, whose upper case is K.
      return [own, lower, own.toUpperCase(), lower.toUpperCase()].some((other) => test(other.codePointAt(0)!));
    };
    return { kind: 'character', test: inAnyCase };
  }
}

const check = (holds: (before: number | undefined, after: number | undefined) => boolean): RegexNode => ({
  kind: 'check',
  holds,
});
