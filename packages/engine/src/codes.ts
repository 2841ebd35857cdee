// Every `code` that an error of this package can have. Codes are stable.

export type EngineErrorCode =
  /** The bytes are of something else. */
  | 'NOT_AN_ENGINE'
  /** Bytes are missing, changed or too many: a checksum or a size is wrong. */
  | 'ENGINE_DAMAGED'
  /** The file has a format that this version does not know. */
  | 'ENGINE_VERSION'
  /** The file has no weights: it was stripped of them. */
  | 'ENGINE_STRIPPED'
  /** The plan contradicts itself or breaks a rule of WebGPU: a fault of what built it, or an attack. */
  | 'ENGINE_INVALID'
  /** A size has no value for these shapes: negative, a division by zero, or past the safe integers. */
  | 'SIZE_OVERFLOW';
