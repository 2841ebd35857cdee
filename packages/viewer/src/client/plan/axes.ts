// What plots are drawn with: elements of SVG, and places of ticks.

export type Attributes = Readonly<Record<string, string | number>>;

export function svg(
  tag: string,
  attributes: Attributes = {},
  ...children: readonly (globalThis.Node | string)[]
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Room for labels around a plot, in pixels. */
export const MARGIN = { left: 76, right: 24, top: 20, bottom: 52 } as const;

/** Round numbers from 0 up to `most`, at least one. */
export function linearTicks(most: number, count: number): number[] {
  const least = Math.max(most, 1) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= least)!;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

/** The decades that hold all the numbers, which are above 0: exponents of 10. */
export function decades(values: readonly number[]): readonly [first: number, last: number] {
  const logs = values.map(Math.log10);
  const first = Math.floor(logs.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY));
  const last = Math.ceil(logs.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY));
  return [first, Math.max(last, first + 1)];
}
