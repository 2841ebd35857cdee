// Tensors as JSON, for the way between the test and the browser.
import type { HostTensor, TensorData } from '@trtx/runtime';

export interface WireTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly base64: string;
}

/** What the browser is asked to do. */
export interface Job {
  /** Where in the browser: in the page itself or in a worker. */
  readonly where: 'page' | 'worker';
  /** Where the engine file is. */
  readonly engine: string;
  readonly inputs: Readonly<Record<string, WireTensor>>;
  /** Whether to destroy the device after the first run, and to run again on a new one. */
  readonly loseDevice: boolean;
}

/** What it found. */
export interface JobResult {
  readonly outputs?: Readonly<Record<string, WireTensor>>;
  readonly adapter?: string;
  /** Codes of errors on the way that were expected. */
  readonly codes?: readonly string[];
  readonly error?: string;
}

const arrays: Readonly<Record<string, new (buffer: ArrayBuffer) => TensorData>> = {
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  Int32Array,
  Int16Array,
  Int8Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
};

export function encode(tensor: HostTensor): WireTensor {
  const { dims } = tensor;
  const data = tensor.data as TensorData;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { type: data.constructor.name, dims, base64: btoa(text) };
}

export function decode({ type, dims, base64 }: WireTensor): HostTensor {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return { data: new arrays[type]!(bytes.buffer), dims };
}

/** `change` applied to every field. */
export function mapFields<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
