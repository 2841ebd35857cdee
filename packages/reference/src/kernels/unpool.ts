// What undoes pooling and the cutting of images into blocks.

import { blockAxes, elementCount, unpooledShape } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, stridesOf, toFloat64 } from '../tensors.ts';
import { combiner, type Elements, elementsToCompute, newElements, tensorOfElements } from './combine.ts';

export const maxUnpool = defineReference({
  op: 'MaxUnpool',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const values = toFloat64(inputOf(call, 0));
    const indices = toFloat64(inputOf(call, 1));
    const told = unpooledShape(call.at) as readonly number[];
    const [from, to] = [stridesOf(told), stridesOf(dims)];
    const count = elementCount(told);
    const out = new Float64Array(elementCount(dims));
    values.forEach((value, i) => {
      const index = indices[i]!;
      if (!(index >= 0 && index < count)) throw call.at.fail(`index ${index} of ${count} elements`);
      let offset = 0;
      for (let axis = 0; axis < told.length; axis++) {
        const place = Math.floor(index / from[axis]!) % told[axis]!;
        if (place >= dims[axis]!) return;
        offset += place * to[axis]!;
      }
      out[offset] = value;
    });
    return [fromFloat64(dtype, dims, out)];
  },
});

export const col2im = defineReference({
  op: 'Col2Im',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const axes = blockAxes(call.at);
    const source = elementsToCompute(inputOf(call, 0)) as ArrayLike<number | bigint>;
    const out = newElements(dtype, elementCount(dims)) as Elements<number | bigint>;
    const add = combiner(dtype, 'add');
    const counts = axes.map(({ count }) => count as number);
    const blocks = axes.map(({ block }) => block);
    const [countStrides, blockStrides, strides] = [counts, blocks, dims.slice(2)].map(stridesOf) as [
      number[],
      number[],
      number[],
    ];
    const columns = elementCount(counts);
    const image = elementCount(dims.slice(2));
    const rows = elementCount(blocks);
    // A row of the input is an element of a block of one channel of one batch; a column is a block.
    const total = elementCount(dims.slice(0, 2)) * rows;
    for (let row = 0; row < total; row++)
      for (let column = 0; column < columns; column++) {
        let offset = Math.floor(row / rows) * image;
        const inside = axes.every(({ size, block, stride, dilation, begin }, i) => {
          const within = Math.floor((row % rows) / blockStrides[i]!) % block;
          const place = (Math.floor(column / countStrides[i]!) % counts[i]!) * stride - begin + within * dilation;
          offset += place * strides[i]!;
          return place >= 0 && place < (size as number);
        });
        if (inside) out[offset] = add(out[offset]!, source[row * columns + column]!);
      }
    return [tensorOfElements(dtype, dims, out)];
  },
});
