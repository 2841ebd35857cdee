// A large GPU, as cost models see it.

/** Multiprocessors. */
export const PROCESSORS = 132;

/** Invocations that one multiprocessor has room for. */
const THREADS = 2048;

/** Invocations that there is room for at once. */
export const INVOCATIONS = PROCESSORS * THREADS;

/** Bytes that it reads from its memory in a microsecond. */
export const MEMORY_SPEED = 3.8e6;

/** Of `tileCost`, for one microsecond: what direct contractions were seen to take. */
export const MICROSECOND = 1.3e6;

/** Bytes of workgroup memory that a workgroup takes beside those that it asks for. */
const OWN_BYTES = 1024;

/**
 * Workgroups that a multiprocessor runs at once, at least one.
 * @param each invocations and bytes of workgroup memory of one
 * @param room bytes of workgroup memory, and workgroups, that a multiprocessor has room for
 */
export function residentGroups(
  each: { readonly threads: number; readonly bytes: number },
  room: { readonly bytes: number; readonly groups: number },
): number {
  const fitting = Math.min(Math.floor(THREADS / each.threads), Math.floor(room.bytes / (each.bytes + OWN_BYTES)));
  return Math.max(Math.min(fitting, room.groups), 1);
}

/** Of so many workgroups those that share a multiprocessor, at least one. */
export function sharingOf(groups: number, resident: number): number {
  return Math.max(Math.min(groups / PROCESSORS, resident), 1);
}
