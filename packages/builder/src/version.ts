// What built an engine, as its header says. The package's version, kept equal by a test.

export const BUILDER = 'trtx 0.0.0';
