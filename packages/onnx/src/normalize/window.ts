// Convolution and pooling, whose old forms are the new ones but for defaults.

import type { Step } from './node.ts';

export const windowSteps: readonly Step[] = [];
