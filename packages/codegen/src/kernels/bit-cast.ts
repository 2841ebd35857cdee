// BitCast between types of 32 bits, one of which is float32. (Between integers it is pointwise, and needs no kernel.)

import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { emitResult } from './elements.ts';

export const bitCast = defineKernel<null>({
  id: 'bit-cast',
  version: 1,
  summary: 'the bits of an element as another type, one element an invocation',
  ops: ['BitCast'],
  applies({ group }) {
    const [from, to] = [group.anchor!.inputs[0]!.type.dtype, group.accumulated.type.dtype];
    return [from, to].every((dtype) => dtype === 'float32' || dtype === 'int32' || dtype === 'uint32');
  },
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { dtype, shape } = group.accumulated.type;
    return emitResult(e, shape, (position) => {
      const element = e.shader.let(e.read(group.anchor!.inputs[0]!, position));
      return `bitcast<${computeOf(dtype)}>(${element})`;
    });
  },
});
