// Bisection.

/**
 * The smallest whole number above `low`, up to `high`, for which a predicate holds that does not hold for `low` and does for
 * `high`, in about log₂(high − low) calls; where it comes and goes, one at which it begins to hold.
 */
export async function firstThat(
  low: number,
  high: number,
  holds: (n: number) => boolean | Promise<boolean>,
): Promise<number> {
  let [below, above] = [low, high];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (await holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}
