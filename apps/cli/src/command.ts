// What all commands have in common.

import { severities } from '@trtx/errors';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';

export interface CommandText {
  /** The name with its arguments: `build <model>`. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly string[];
}

/** Adds a command with the options that every command has. */
export function addCommand(program: Command, { usage, summary, examples }: CommandText): Command {
  return program
    .command(usage)
    .description(summary)
    .option('--json', 'print one JSON object and nothing else; errors too')
    .option('-q, --quiet', 'no progress')
    .option('--verbose', 'errors with their stack')
    .addOption(
      new Option('--log-level <severity>', 'tell what goes on, up to this severity, on stderr').choices(severities),
    )
    .addHelpText('after', `\nExample:\n${examples.map((line) => `  ${line}\n`).join('')}`);
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** An optimization level. */
export function parseLevel(text: string): 0 | 1 | 2 | 3 {
  if (!/^[0-3]$/.test(text)) throw new InvalidArgumentError('It is 0, 1, 2 or 3.');
  return Number(text) as 0 | 1 | 2 | 3;
}

export const INT64 =
  '64-bit integers that may not fit into 32 bits: checked on the GPU, where a run fails if they do not, or on the host';

/** Where 64-bit integers are that nothing proves to fit into 32 bits. */
export function parseInt64(text: string): 'checked' | 'host' {
  if (text !== 'checked' && text !== 'host') throw new InvalidArgumentError('It is checked or host.');
  return text;
}

/** A finite number that is not negative. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It is a number from 0.');
  return value;
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** `64MiB`, `1.5GB`, `4096`: in bytes. */
export function parseBytes(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?(\w*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(BYTE_UNITS, unit) ? BYTE_UNITS[unit]! : Number.NaN;
  const bytes = digits === '' ? Number.NaN : Math.floor(Number(digits) * factor);
  if (!Number.isSafeInteger(bytes)) throw new InvalidArgumentError('It is a number of bytes, as 64MiB, 1.5GB or 4096.');
  return bytes;
}

/** Numbers with commas between them. */
export function parseNumbers(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!values.every(Number.isFinite))
    throw new InvalidArgumentError('It is a number, or several with commas between them.');
  return values;
}

/** Numbers from 0 to 100 with commas between them. */
export function parsePercentiles(text: string): number[] {
  const values = parseNumbers(text);
  if (values.some((value) => value < 0 || value > 100)) throw new InvalidArgumentError('Each is from 0 to 100.');
  return values;
}

/** Collects names with commas between them, of an option that may be given several times. */
export function collectNames(value: string, before: readonly string[] = []): string[] {
  const names = value.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It is a name, or several with commas between them.');
  return [...before, ...names];
}

/** A whole number from `min` to `max`. */
export function parseWhole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`);
    return value;
  };
}
