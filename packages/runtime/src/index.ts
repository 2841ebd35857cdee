// @trtx/runtime: loads engine files and runs them.
export type { Logger, LogRecord, Severity } from '@trtx/errors';
export type { RuntimeErrorCode } from './codes.ts';
export type { ContextOptions, ExecutionContext } from './context.ts';
export type { ContextStats } from './counts.ts';
export { deviceDescriptor, type SubgroupInfo } from './device.ts';
export { Engine, type LoadOptions } from './engine.ts';
export type { RunOptions } from './feeds.ts';
export type { HostOp, HostOps } from './host-ops.ts';
export type { Instrument, OpEncoder, OpPass } from './instrument.ts';
export type { LoadProgress } from './progress.ts';
export type { LoadSource } from './source.ts';
export type { GpuTensor, HostData, HostTensor, HostValue, Tensor, TensorData } from './tensors.ts';
export { fromStorage, type TensorForm, toStorage } from './tensors.ts';
