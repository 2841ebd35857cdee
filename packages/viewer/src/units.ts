// Quantities as texts for people.

const PREFIXES: readonly (readonly [factor: number, prefix: string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** Three digits and a prefix: `5.31 MB`, `12 GFLOP/s`, `812 B`. */
export function siText(value: number, unit: string): string {
  // What would be rounded to 1000 of one prefix is 1 of the next.
  const [factor, prefix] = PREFIXES.find(([factor]) => Math.abs(value) >= factor * 0.9995) ?? [1, ''];
  return `${digits(value / factor)} ${prefix}${unit}`;
}

/** `12.3 ms`, `45.6 µs`, `2.1 s`. */
export function timeText(ms: number): string {
  if (ms >= 999.5) return `${digits(ms / 1000)} s`;
  return ms > 0 && ms < 0.9995 ? `${digits(ms * 1000)} µs` : `${digits(ms)} ms`;
}

/** `12 %`, `3.4 %`, `< 0.1 %`. */
export function percentText(part: number): string {
  if (part > 0 && part < 0.0005) return '< 0.1 %';
  return `${part >= 0.0995 ? Math.round(part * 100) : Number((part * 100).toFixed(1))} %`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
