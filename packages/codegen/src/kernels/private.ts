// What an invocation may keep for itself.

/** 32-bit numbers in arrays of one invocation: WGSL grants its functions 8,192 bytes for all variables. */
export const MAX_PRIVATE = 1024;
