// Models with control flow, sequences and optionals, and inputs to run them with. ONNX Runtime takes all of them.

import { ifModels } from './if.ts';
import { loopModels } from './loop.ts';
import { optionalModels } from './optionals.ts';
import type { ControlModel } from './parts.ts';
import { sequenceModels } from './sequences.ts';

export { type ControlModel, floats, integer, truth } from './parts.ts';

export const controlModels: readonly ControlModel[] = [
  ...ifModels,
  ...loopModels,
  ...sequenceModels,
  ...optionalModels,
];
