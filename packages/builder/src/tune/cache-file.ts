// The text of a timing cache: JSON with a line for each tactic, the fastest of a problem first.

import { quote, TrtxError } from '@trtx/errors';
import type { DeviceKey } from './device-key.ts';
import type { DeviceRecords, ProblemRecords, TacticRecord } from './records.ts';

const FORMAT = 'trtx timing cache';
const VERSION = 1;
const NAMES = ['vendor', 'architecture', 'device', 'description', 'implementation'] as const;

export function printCache(devices: readonly DeviceRecords[]): string {
  const sorted = [...devices]
    .filter(({ problems }) => problems.size > 0)
    .map(({ key, problems }) => ({ key: printKey(key), problems }))
    .sort((a, b) => order(a.key, b.key));
  const list = sorted.map(({ key, problems }) => {
    const texts = [...problems]
      .sort(([a], [b]) => order(a, b))
      .map(([problem, records]) => `        ${JSON.stringify(problem)}: ${block(printRecords(records), 8)}`);
    return `    {\n      "device": ${key},\n      "problems": ${block(texts, 6)}\n    }`;
  });
  const devicesText = list.length === 0 ? '[]' : `[\n${list.join(',\n')}\n  ]`;
  return `{\n  "format": ${JSON.stringify(FORMAT)},\n  "version": ${VERSION},\n  "devices": ${devicesText}\n}\n`;
}

function block(lines: readonly string[], indent: number): string {
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${' '.repeat(indent)}}`;
}

function printKey(key: DeviceKey): string {
  const names = NAMES.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(key[name])}`);
  const features = `"features": [${key.features.map((feature) => JSON.stringify(feature)).join(', ')}]`;
  return block(
    [...names, features].map((line) => `        ${line}`),
    6,
  );
}

function printRecords(records: ProblemRecords): string[] {
  const time = ({ us = Number.POSITIVE_INFINITY }: TacticRecord) => us;
  return [...records]
    .sort(([a, x], [b, y]) => (time(x) < time(y) ? -1 : time(x) > time(y) ? 1 : order(a, b)))
    .map(([tactic, { version, us, spread, rounds, failed }]) => {
      const fields = Object.entries({ version, us, spread, rounds, failed }).filter(([, value]) => value !== undefined);
      const texts = fields.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
      return `          ${JSON.stringify(tactic)}: { ${texts.join(', ')} }`;
    });
}

/** @throws TrtxError TIMING_CACHE */
export function parseCache(text: string): DeviceRecords[] {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw broken(`it is not JSON: ${(cause as Error).message}`, cause);
  }
  const { format, version, devices } = asObject(root, 'the file');
  if (format !== FORMAT) throw broken('it is something else');
  if (version !== VERSION) throw broken(`it has version ${quote(String(version))}, and this is ${VERSION}`);
  if (!Array.isArray(devices)) throw broken('"devices" is no list');
  return devices.map((each: unknown) => {
    const { device, problems } = asObject(each, 'an entry of "devices"');
    return {
      key: parseKey(asObject(device, '"device"')),
      problems: new Map(
        Object.entries(asObject(problems, '"problems"')).map(([problem, records]) => {
          const tactics = Object.entries(asObject(records, quote(problem)));
          return [problem, new Map(tactics.map(([name, record]) => [name, parseRecord(record, name)]))];
        }),
      ),
    };
  });
}

function parseKey(key: Readonly<Record<string, unknown>>): DeviceKey {
  const { features } = key;
  for (const name of NAMES) if (typeof key[name] !== 'string') throw broken(`"${name}" of a device is no text`);
  if (!Array.isArray(features) || features.some((feature) => typeof feature !== 'string'))
    throw broken('"features" of a device is no list of texts');
  const [vendor, architecture, device, description, implementation] = NAMES.map((name) => key[name] as string);
  return {
    vendor: vendor!,
    architecture: architecture!,
    device: device!,
    description: description!,
    implementation: implementation!,
    features: [...(features as string[])].sort(),
  };
}

function parseRecord(value: unknown, tactic: string): TacticRecord {
  const { version, us, spread, rounds, failed } = asObject(value, quote(tactic));
  const isCount = (number: unknown) => Number.isSafeInteger(number) && (number as number) >= 0;
  const isSize = (number: unknown) => number === undefined || (typeof number === 'number' && number >= 0);
  if (!isCount(version)) throw broken(`"version" of ${quote(tactic)} is no number of a version`);
  if (!isSize(us) || !isSize(spread)) throw broken(`a time of ${quote(tactic)} is no number`);
  if (rounds !== undefined && !isCount(rounds)) throw broken(`"rounds" of ${quote(tactic)} is no count`);
  if (failed !== undefined && typeof failed !== 'string') throw broken(`"failed" of ${quote(tactic)} is no text`);
  if ((us === undefined) === (failed === undefined)) throw broken(`${quote(tactic)} needs one of "us" and "failed"`);
  return {
    version: version as number,
    ...(us === undefined ? {} : { us: us as number }),
    ...(spread === undefined ? {} : { spread: spread as number }),
    ...(rounds === undefined ? {} : { rounds: rounds as number }),
    ...(failed === undefined ? {} : { failed }),
  };
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(`${what} is no object`);
  return value as Readonly<Record<string, unknown>>;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function broken(reason: string, cause?: unknown): TrtxError {
  return new TrtxError('TIMING_CACHE', `this is no timing cache: ${reason}`, {
    hint: 'Mend the file, or delete it and tune anew.',
    ...(cause === undefined ? {} : { cause }),
  });
}
