// A value of any kind in a file of its own: ONNX's test data have tensors, sequences and optionals.

import { TrtxError } from '@trtx/errors';
import type { Constant } from '@trtx/ir';
import { readTensor } from '../source/tensor.ts';
import {
  decodeOptional,
  decodeSequence,
  decodeTensor,
  type OptionalProto,
  type SequenceProto,
  type TensorProto,
} from '../wire/index.ts';

/** A value as a file has it. An optional without a value is null. */
export type FileValue =
  | { readonly kind: 'tensor'; readonly tensor: Constant }
  | { readonly kind: 'sequence'; readonly items: readonly FileValue[] }
  | { readonly kind: 'optional'; readonly value: FileValue | null };

/**
 * The value of a `.pb` file, which does not say itself of which kind it is.
 * @throws TrtxError ONNX_PARSE, ONNX_MODEL; UNSUPPORTED for maps and sparse tensors
 */
export function readValueFile(bytes: Uint8Array, kind: FileValue['kind']): FileValue {
  if (kind === 'sequence') return sequenceOf(decodeSequence(bytes));
  return kind === 'optional' ? optionalOf(decodeOptional(bytes)) : tensorOf(decodeTensor(bytes));
}

const tensorOf = (proto: TensorProto): FileValue => ({ kind: 'tensor', tensor: readTensor(proto) });

// Nesting is as deep as the decoder lets messages be.
function sequenceOf(proto: SequenceProto): FileValue {
  if (proto.map_values.length > 0 || proto.sparse_tensor_values.length > 0) throw unsupported(proto.name);
  const items = [
    ...proto.tensor_values.map(tensorOf),
    ...proto.sequence_values.map(sequenceOf),
    ...proto.optional_values.map(optionalOf),
  ];
  return { kind: 'sequence', items };
}

function optionalOf(proto: OptionalProto): FileValue {
  const { tensor_value, sequence_value, optional_value } = proto;
  if (proto.map_value || proto.sparse_tensor_value) throw unsupported(proto.name);
  let value: FileValue | null = null;
  if (tensor_value) value = tensorOf(tensor_value);
  else if (sequence_value) value = sequenceOf(sequence_value);
  else if (optional_value) value = optionalOf(optional_value);
  return { kind: 'optional', value };
}

function unsupported(name: string | undefined): TrtxError {
  return new TrtxError('UNSUPPORTED', 'a value that holds maps or sparse tensors', { tensor: name });
}
