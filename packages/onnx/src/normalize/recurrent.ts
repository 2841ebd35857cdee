// Recurrent layers.

import { dropped } from './steps.ts';

export const recurrentSteps = [
  // Before opset 7, 0 said that Y is not wanted; now that is told by nobody reading it.
  dropped('LSTM GRU RNN', 7, 'output_sequence'),
];
