// Running products as products over what comes before.

import { constantOf, scanAxis } from '@trtx/ir';
import { ints, like } from '../../normalize/pieces.ts';
import { given, spelling } from './spelling.ts';

/** Elements of a mask past which it is not written into the file. */
const MAX_MASK = 2 ** 20;

export const scanSpellings = [
  spelling('CumProd', 26, (node, emit) => {
    const at = node.view();
    const x = given(node, 0);
    const axis = scanAxis(at);
    const length = x.type.shape[axis]!;
    if (typeof length !== 'number' || length * length > MAX_MASK)
      throw emit.fail(`a running product of ${length} elements`, 'Choose opset 26.');
    const [reverse, exclusive] = [at.int('reverse') === 1, at.int('exclusive') === 1];
    const counts = Uint8Array.from({ length: length * length }, (_, i) => {
      const [to, from] = [Math.floor(i / length), i % length];
      if (to === from) return exclusive ? 0 : 1;
      return reverse === from > to ? 1 : 0;
    });
    const inner = new Array<number>(x.type.shape.length - axis - 1).fill(1);
    // Along a new axis before it all elements are there, of which those count that come before.
    const mask = emit.add(constantOf('bool', [length, length, ...inner], counts));
    const all = emit.node('Unsqueeze', [x, ints(emit, axis)]);
    const counted = emit.node('Where', [mask, all, like(x, 1, emit)]);
    return [emit.node('ReduceProd', [counted, ints(emit, axis + 1)], { keepdims: 0 })];
  }),
];
