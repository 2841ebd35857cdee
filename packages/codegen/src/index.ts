export { type Compiled, type CompileOptions, compile } from './compile.ts';
export { Emitter, type Packed, type Slot } from './emitter.ts';
export { formGroups, type Group, type Grouping } from './group/group.ts';
export { defineKernel, type Kernel, type Launch, type Problem } from './kernel.ts';
export { standardKernels } from './kernels/index.ts';
export { type ArenaPlan, type Lifetime, planArena } from './memory/arena.ts';
export { type Tactic, tacticLabel, tacticsFor } from './tactics.ts';
export { DEFAULT_LIMITS, PORTABLE, type Target, type TargetLimits } from './target.ts';
