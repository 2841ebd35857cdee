// The timing cache: what tactics took on devices, by problem. Pure data that is read, written, merged and looked up.

import { type Tactic, type Timing, type Timings, tacticLabel } from '@trtx/codegen';
import { parseCache, printCache } from './cache-file.ts';
import type { DeviceKey } from './device-key.ts';
import type { DeviceRecords, ProblemRecords, TacticRecord } from './records.ts';

export class TimingCache {
  readonly #devices = new Map<string, DeviceRecords>();

  /** Reads a cache's text. @throws TrtxError TIMING_CACHE */
  static parse(text: string): TimingCache {
    const cache = new TimingCache();
    for (const { key, problems } of parseCache(text)) {
      const device = cache.device(key);
      for (const [problem, records] of problems) device.add(problem, records);
    }
    return cache;
  }

  get devices(): readonly DeviceRecords[] {
    return [...this.#devices.values()];
  }

  /** What is known of a device, to be looked up and added to. */
  device(key: DeviceKey): DeviceTimings {
    const text = JSON.stringify(Object.values(key));
    const records = this.#devices.get(text) ?? { key, problems: new Map() };
    this.#devices.set(text, records);
    return new DeviceTimings(records.problems);
  }

  /** Takes over what another cache knows: of the same tactic, the newer kernel and then the greater number of rounds. */
  merge(other: TimingCache): void {
    for (const { key, problems } of other.devices) {
      const device = this.device(key);
      for (const [problem, records] of problems) device.add(problem, records);
    }
  }

  /** As JSON, in an order that does not depend on how it was filled. Ends with a line feed. */
  toString(): string {
    return printCache(this.devices);
  }
}

/** Times of tactics on one device. */
export class DeviceTimings implements Timings {
  readonly #problems: Map<string, ProblemRecords>;

  constructor(problems: Map<string, ProblemRecords> = new Map()) {
    this.#problems = problems;
  }

  of(problem: string, tactic: Tactic): Timing | undefined {
    const known = this.recordOf(problem, tactic);
    if (!known) return undefined;
    return known.us === undefined ? { failed: known.failed ?? '' } : { us: known.us };
  }

  /** What is known of a tactic; nothing of another version of its kernel. */
  recordOf(problem: string, tactic: Tactic): TacticRecord | undefined {
    const known = this.#problems.get(problem)?.get(tacticName(tactic));
    return known?.version === tactic.kernel.version ? known : undefined;
  }

  /** All that is known of a problem. */
  recordsOf(problem: string): ReadonlyMap<string, TacticRecord> {
    return this.#problems.get(problem) ?? new Map();
  }

  /** Sets what is known of a tactic. */
  set(problem: string, tactic: Tactic, record: Omit<TacticRecord, 'version'>): void {
    this.#recordsFor(problem).set(tacticName(tactic), { version: tactic.kernel.version, ...record });
  }

  /** Takes over records, where they are better than what is known. */
  add(problem: string, records: ReadonlyMap<string, TacticRecord>): void {
    const own = this.#recordsFor(problem);
    for (const [tactic, record] of records) {
      const known = own.get(tactic);
      if (!known || isBetter(record, known)) own.set(tactic, record);
    }
  }

  #recordsFor(problem: string): ProblemRecords {
    const known = this.#problems.get(problem) ?? new Map<string, TacticRecord>();
    this.#problems.set(problem, known);
    return known;
  }
}

/** The tactic's label, with the format that it reads if it is not row-major. */
export function tacticName(tactic: Tactic): string {
  const { reads } = tactic.formats;
  return `${tacticLabel(tactic)}${reads === 'row-major' ? '' : ` of ${reads}`}`;
}

function isBetter(a: TacticRecord, b: TacticRecord): boolean {
  if (a.version !== b.version) return a.version > b.version;
  return (a.rounds ?? 0) > (b.rounds ?? 0);
}
