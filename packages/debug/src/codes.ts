// Every `code` that an error of this package can have, beside those of what runs the graphs. Codes are stable.

export type DebugErrorCode =
  /** The check does not fail where the search begins: there is nothing to look for. */
  | 'CHECK_NEVER_FAILS'
  /** The check fails for what cannot be wrong: a graph of one Identity, or the graph before any pass. */
  | 'CHECK_ALWAYS_FAILS'
  /** Two subjects have no tensor in common. */
  | 'NOTHING_COMMON';
