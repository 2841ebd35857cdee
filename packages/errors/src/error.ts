// The one error class of @trtx. Both halves of the project (what builds and what runs) throw it, so it lives below both.

/** Where an error arose. Every field is optional; names come from the model and are escaped when printed. */
export interface ErrorPlace {
  /** The node of the graph, by name (`Conv_12`), with its op where known (`Conv_12 (Conv)`). */
  node?: string;
  /** The tensor: a graph input, output, initializer or intermediate value. */
  tensor?: string;
  /** The kernel or pipeline, for errors below the graph. */
  kernel?: string;
  /** Where in the source model the node came from. */
  origin?: string;
  /** The file being read or written. */
  file?: string;
}

export interface ErrorOptions extends ErrorPlace {
  /** What the user can do about it, one sentence. */
  hint?: string;
  cause?: unknown;
  /** Further findings of the same kind, when several are reported together. */
  details?: readonly string[];
}

/**
 * An error that tells what went wrong (`message`), which kind of fault it is (`code`, stable across releases),
 * where (`place`) and what to do (`hint`).
 */
export class TrtxError extends Error {
  override readonly name = 'TrtxError';
  readonly code: string;
  /** The message as it was given: without code, place, details and hint, which `message` has too. */
  readonly summary: string;
  readonly place: ErrorPlace;
  readonly hint: string | undefined;
  readonly details: readonly string[];

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(compose(code, message, options), options.cause === undefined ? undefined : { cause: options.cause });
    const { hint, cause: _, details, ...place } = options;
    this.code = code;
    this.summary = message;
    this.place = place;
    this.hint = hint;
    this.details = details ?? [];
  }
}

/** A TrtxError with more of its place told, where it tells none already; any other error as it is. */
export function errorAt(error: unknown, place: ErrorPlace): unknown {
  if (!isTrtxError(error)) return error;
  const { code, summary, hint, details, cause } = error;
  return new TrtxError(code, summary, { ...place, ...error.place, hint, details, cause });
}

/** True for a TrtxError of this or of another loaded copy of the package. */
export function isTrtxError(error: unknown): error is TrtxError {
  return error instanceof Error && error.name === 'TrtxError' && 'code' in error;
}

/** Makes text that a model supplied safe to print: control characters escaped, cut to 200 characters. */
export function quote(text: string): string {
  const safe = text.replace(/[\p{Cc}\u2028\u2029]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return safe.length > 200 ? `${safe.slice(0, 199)}…` : safe;
}

/** ` (node Conv_12, kernel conv)`, or nothing where no place is told. */
export function placeText(place: ErrorPlace): string {
  const where = (['node', 'tensor', 'kernel', 'origin', 'file'] as const).flatMap((key) => {
    return place[key] ? [`${key === 'origin' ? 'from' : key} ${quote(place[key])}`] : [];
  });
  return where.length ? ` (${where.join(', ')})` : '';
}

function compose(code: string, message: string, o: ErrorOptions): string {
  const lines = [`${code}: ${message}${placeText(o)}`];
  for (const detail of o.details ?? []) lines.push(`  - ${detail}`);
  if (o.hint) lines.push(`  hint: ${o.hint}`);
  return lines.join('\n');
}
