// Devices that tests compile for.

import { PORTABLE, type Target } from '../target.ts';

/** A large GPU without any optional feature. */
export const LARGE: Target = {
  ...PORTABLE,
  limits: {
    ...PORTABLE.limits,
    maxComputeInvocationsPerWorkgroup: 1024,
    maxComputeWorkgroupStorageSize: 49152,
    maxStorageBufferBindingSize: 2 ** 31,
    maxBufferSize: 2 ** 31,
  },
};

/** A large GPU with float16, subgroups of 32, and matrices that they share. */
export const LARGE_WITH_MATRICES: Target = {
  ...LARGE,
  features: new Set(['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix']),
  subgroups: { min: 32, max: 32 },
  matrices: [{ m: 16, n: 16, k: 16, operand: 'f16', result: 'f32' }],
};
