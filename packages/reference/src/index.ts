export { type Bindings, bindInputs, dimValue } from './bind.ts';
export { evaluateNode } from './evaluate.ts';
export { type FoldCost, type FoldOptions, foldCost, foldNode } from './fold.ts';
export { type HostOp, hostOps } from './host-ops.ts';
export {
  type ConcreteType,
  defineReference,
  inputOf,
  type KernelCall,
  type ReferenceKernel,
  ReferenceKernels,
  type Sizes,
} from './kernel.ts';
export { standardKernels } from './kernels/index.ts';
export { mapTensors } from './kernels/pointwise.ts';
export { type ReferenceOptions, ReferenceRunner } from './runner.ts';
export { constantOfTensor, fromFloat64, stridesOf, tensorOf, toFloat64 } from './tensors.ts';
