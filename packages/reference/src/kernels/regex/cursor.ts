// A place in a pattern that is read.

import { quote, TrtxError } from '@trtx/errors';

export class Cursor {
  at = 0;
  readonly #characters: readonly string[];

  constructor(readonly pattern: string) {
    this.#characters = Array.from(pattern);
  }

  peek(ahead = 0): string | undefined {
    return this.#characters[this.at + ahead];
  }

  /** The next character. */
  take(): string {
    const character = this.peek();
    if (character === undefined) throw this.fail('ends too early');
    this.at++;
    return character;
  }

  /** Goes past the text where it is next. */
  skip(text: string): boolean {
    const characters = Array.from(text);
    if (!characters.every((character, i) => this.peek(i) === character)) return false;
    this.at += characters.length;
    return true;
  }

  /** Goes past what the expression matches from here on. */
  match(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.#characters.slice(this.at, this.at + 100).join(''));
    if (found) this.at += Array.from(found[0]).length;
    return found ?? undefined;
  }

  fail(message: string): TrtxError {
    return new TrtxError('REGEX', `the regular expression ${quote(this.pattern)} ${message}`, {
      hint: 'The syntax is that of RE2, which has no look-around and no references to groups.',
    });
  }
}
