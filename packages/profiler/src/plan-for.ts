// Which optimization profile a run has.
import { type Plan, profilesOf } from '@trtx/engine';

/** The plan of the first profile that holds the dims of the inputs, as a context chooses it; the first where none does. */
export function planFor(plan: Plan, dims: readonly (readonly number[])[]): Plan {
  return profilesOf(plan).find((one) => holds(one, dims)) ?? plan;
}

function holds({ inputs, symbols }: Plan, dims: readonly (readonly number[])[]): boolean {
  const isFixed = inputs.every(({ shape }, i) =>
    shape.every((dim, axis) => typeof dim === 'object' || dim === dims[i]![axis]),
  );
  return isFixed && symbols.every((symbol) => 'value' in symbol || inRange(symbol, dims[symbol.input]![symbol.axis]!));
}

function inRange({ min, max, multipleOf }: { min: number; max: number; multipleOf: number }, dim: number): boolean {
  return dim >= min && dim <= max && dim % multipleOf === 0;
}
