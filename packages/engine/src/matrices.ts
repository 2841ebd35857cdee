// Names of what devices tell as records, so that a plan can ask for it.

/**
 * A product of subgroup matrices as plans name it: the element types of the factors and of what they are added to, and
 * m×n×k: `f16 f32 16x16x16`.
 */
export function matrixName(operand: string, result: string, m: number, n: number, k: number): string {
  return `${operand} ${result} ${m}x${n}x${k}`;
}
