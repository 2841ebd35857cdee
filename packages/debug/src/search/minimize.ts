// Delta debugging: what of a list is needed for a predicate to hold.
// After Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), its complements only.

/**
 * Takes items out of a list, in runs that get shorter, as long as the predicate holds of what is left. Without any one item of
 * the result it does not hold, unless `keepOn` ended the search. The predicate holds of the whole list.
 */
export async function minimize<T>(
  items: readonly T[],
  holds: (left: readonly T[]) => boolean | Promise<boolean>,
  keepOn: () => boolean = () => true,
): Promise<readonly T[]> {
  let left = items;
  let size = Math.ceil(left.length / 2);
  while (size > 0 && left.length > 1) {
    let removed = false;
    for (let at = 0; at < left.length && left.length > 1; ) {
      if (!keepOn()) return left;
      const without = [...left.slice(0, at), ...left.slice(at + size)];
      if (without.length > 0 && (await holds(without))) {
        left = without;
        removed = true;
      } else at += size;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (!removed) size = 0;
  }
  return left;
}
