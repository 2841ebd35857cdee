// Every `code` that an error of this package can have. Codes are stable.
import type { EngineErrorCode } from '@trtx/engine';

export type RuntimeErrorCode =
  | EngineErrorCode
  /** The engine's source could not be read: a failed response, a closed file. */
  | 'SOURCE_UNREADABLE'
  /** `reload` found another engine in the source than the one that was loaded. */
  | 'ENGINE_CHANGED'
  /** `reload` has no source: a response can be read once. */
  | 'SOURCE_SPENT'
  /** The device lacks features or limits; `details` lists all of them. */
  | 'DEVICE_UNSUITABLE'
  /** A buffer could not be made. The message tells the bytes asked for and those held. */
  | 'OUT_OF_MEMORY'
  /** A kernel's WGSL does not compile. The message has the line. */
  | 'SHADER_INVALID'
  /** A pipeline could not be made of a kernel that compiles. */
  | 'PIPELINE_FAILED'
  /** WebGPU found a command of a run invalid: its outputs would have been garbage. */
  | 'GPU_VALIDATION'
  /** A GPU operation failed for a reason of its own; `cause` has it. */
  | 'GPU_FAILED'
  /** The device is gone. `engine.reload(device)` revives the engine. */
  | 'DEVICE_LOST'
  /** The engine or the context has been disposed. */
  | 'DISPOSED'
  /** The context is running and was made with `whenBusy: 'throw'`. */
  | 'CONTEXT_BUSY'
  /** The run has no tensor for an input. */
  | 'INPUT_MISSING'
  /** An input or output of this name does not exist. */
  | 'TENSOR_UNKNOWN'
  /** The data is of another type than the tensor. */
  | 'TENSOR_TYPE'
  /** The rank, a fixed dimension or the number of elements is another. */
  | 'TENSOR_SHAPE'
  /** A 64-bit integer does not fit into the 32 bits that the GPU has, or a loop without a condition is to go on too long. */
  | 'TENSOR_RANGE'
  /** A 64-bit integer that the model computes does not fit into the 32 bits that the GPU has. */
  | 'INT64_OVERFLOW'
  /** A free dimension, or a size that a node gives, is outside the profile that runs, or inputs are outside of all profiles. */
  | 'SHAPE_OUT_OF_PROFILE'
  /** A context was asked for with an optimization profile that the engine has not. */
  | 'PROFILE_UNKNOWN'
  /** Two dimensions have to be equal and are not. */
  | 'SHAPE_CONSTRAINT'
  /** A caller's GPU buffer is too small, lacks a usage, or is given twice. */
  | 'BUFFER_UNSUITABLE'
  /** The engine computes nodes on the host, by functions that `load` was not given; `details` lists their ids. */
  | 'HOST_OPS_MISSING'
  /** A function of the host failed, or gave what the plan does not foretell; `cause` has its error. */
  | 'HOST_OP'
  /** A dispatch has more workgroups than the device can count. */
  | 'DISPATCH_TOO_LARGE'
  /** Node only: the npm package `webgpu` is not installed, or not for this platform. */
  | 'WEBGPU_MISSING';
