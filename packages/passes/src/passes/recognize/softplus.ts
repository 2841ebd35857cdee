// Softplus written out, plainly or so that it does not overflow, and with the threshold that PyTorch puts over it.

import { any, number, op } from '../../pattern.ts';
import { plus, product } from '../../product.ts';
import { type Recognition, recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const x = any('x');

const make: Recognition['make'] = (match, patch) => patch.node('Softplus', [match.value('x')]);

const plain = recognize({
  name: 'softplus',
  pattern: op('Log', plus(op('Exp', x), 1)),
  reason: 'ln(1 + eˣ)',
  make,
});

/** So that it does not overflow: the logarithm is a Softplus itself. */
const stable = recognize({
  name: 'softplus-stable',
  pattern: op('Add', op('Relu', x), op('Softplus', product(-1, [op('Abs', x)]))),
  reason: 'max(x, 0) + ln(1 + e^−|x|)',
  make,
});

const logSigmoid = recognize({
  name: 'softplus-sigmoid',
  pattern: product(-1, [op('Log', op('Sigmoid', product(-1, [x])))]),
  reason: '−ln sigmoid(−x)',
  make,
});

/** From here on Softplus(x) is x, to the last bit of a float32. */
const LINEAR = 18;

const threshold = recognize({
  name: 'softplus-threshold',
  pattern: op(
    'Where',
    op(
      'Greater',
      x,
      number('threshold', (t) => t >= LINEAR),
    ),
    x,
    op('Softplus', x),
  ),
  reason: 'x where Softplus(x) is x',
  make: (match, patch) => (match.value('x').type.dtype === 'float64' ? undefined : make(match, patch)),
});

export const recognizeSoftplus = definePass({
  name: 'recognize-softplus',
  summary: 'Softplus written out with Exp and Log, and under a threshold',
  rules: [plain, stable, logSigmoid, threshold],
});
