// Sequences and optionals: values that hold others. Only the host has them.

import type { Dim } from '../dim.ts';
import { DTYPES, type DType } from '../dtype.ts';
import { defineOp, type Inferred, type NodeView, type OpDef } from '../op.ts';
import { type ElementType, printType, sameKind } from '../tensor.ts';
import { normalizeAxis } from './axis.ts';
import { elementOf, joinElements, largest, takenOut } from './elements.ts';
import { INDICES } from './types.ts';

const SEQUENCE: readonly DType[] = ['sequence'];

const sequenceOf = (element: ElementType): Inferred => ({ dtype: 'sequence', shape: [], element });

/** The element of a sequence that is an input. */
function elementAt(at: NodeView, index: number): ElementType {
  const { element } = at.input(index);
  if (!element) throw at.fail(`input ${index} is no sequence of a known type`);
  return element;
}

/** `float32`, `sequence(int64)` */
function parseElement(at: NodeView, text: string): ElementType {
  const [, sequence, dtype] = /^(sequence)?\(?(\w+)\)?$/.exec(text) ?? [];
  if (!DTYPES.includes(dtype as DType)) throw at.fail(`there is no type ${text}`);
  return sequence ? sequenceOf({ dtype: dtype as DType }) : { dtype: dtype as DType };
}

/** The sizes of the parts that SplitToSequence makes along its axis; null where they differ or are unknown. */
function partSize(at: NodeView, size: Dim): Dim | null {
  if (!at.inputs[1]) return 1;
  const parts = at.numbers(1);
  if (!parts) return null;
  if (at.input(1).shape.length === 0) {
    const [each] = parts as [number];
    return typeof size === 'number' && each > 0 && size % each === 0 ? each : null;
  }
  return parts.every((part) => part === parts[0]) ? (parts[0] ?? null) : null;
}

export const sequenceOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'SequenceEmpty',
    since: 11,
    summary: 'a sequence of no tensors',
    inputs: [],
    outputs: [{ name: 'output' }],
    attributes: { dtype: { type: 'string', default: 'float32', oneOf: DTYPES, doc: 'of the tensors to come' } },
    trait: { kind: 'opaque' },
    infer: (at) => [sequenceOf({ dtype: at.string('dtype') as DType })],
  }),
  defineOp({
    domain: '',
    name: 'SequenceConstruct',
    since: 11,
    summary: 'a sequence of the inputs',
    inputs: [{ name: 'inputs', variadic: true, passedOn: true }],
    outputs: [{ name: 'output_sequence' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: (at) => [sequenceOf(at.inputs.map((_, i) => elementOf(at.input(i))).reduce(joinElements))],
  }),
  defineOp({
    domain: '',
    name: 'SequenceInsert',
    since: 11,
    summary: 'the sequence with a tensor before a position, or at its end',
    inputs: [
      { name: 'input_sequence', types: SEQUENCE, passedOn: true },
      { name: 'tensor', passedOn: true },
      { name: 'position', types: INDICES, optional: true },
    ],
    outputs: [{ name: 'output_sequence' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer(at) {
      const [held, tensor] = [at.input(0).element, elementOf(at.input(1))];
      if (!held) return [sequenceOf(tensor)];
      if (!sameKind(held, tensor)) throw at.fail(`${printType(tensor)} into a sequence of ${printType(held)}`);
      return [sequenceOf(joinElements(held, tensor))];
    },
  }),
  defineOp({
    domain: '',
    name: 'SequenceErase',
    since: 11,
    summary: 'the sequence without the tensor at a position, or without its last one',
    inputs: [
      { name: 'input_sequence', types: SEQUENCE, passedOn: true },
      { name: 'position', types: INDICES, optional: true },
    ],
    outputs: [{ name: 'output_sequence' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: (at) => [at.input(0)],
  }),
  defineOp({
    domain: '',
    name: 'SequenceAt',
    since: 11,
    summary: 'the tensor at a position of a sequence, from its end where that is negative',
    inputs: [
      { name: 'input_sequence', types: SEQUENCE, passedOn: true },
      { name: 'position', types: INDICES },
    ],
    outputs: [{ name: 'tensor' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: (at) => [takenOut(at, elementAt(at, 0), 'size')],
  }),
  defineOp({
    domain: '',
    name: 'SequenceLength',
    since: 11,
    summary: 'how many tensors are in a sequence',
    inputs: [{ name: 'input_sequence', types: SEQUENCE, passedOn: true }],
    outputs: [{ name: 'length' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: () => [{ dtype: 'int64', shape: [] }],
  }),
  defineOp({
    domain: '',
    name: 'SplitToSequence',
    since: 24,
    summary: 'a sequence of the parts of a tensor along an axis',
    inputs: [{ name: 'input' }, { name: 'split', types: INDICES, optional: true }],
    outputs: [{ name: 'output_sequence' }],
    attributes: {
      axis: { type: 'int', default: 0 },
      keepdims: { type: 'int', default: 1, min: 0, max: 1, doc: 'ignored where split is given' },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const { dtype, shape } = at.input(0);
      const axis = normalizeAxis(at, at.int('axis'), shape.length);
      const size = partSize(at, shape[axis]!);
      const squeezes = !at.inputs[1] && at.int('keepdims') === 0;
      const part = shape.flatMap((dim, i): (Dim | null)[] => (i !== axis ? [dim] : squeezes ? [] : [size]));
      return [sequenceOf({ dtype, shape: part })];
    },
  }),
  defineOp({
    domain: '',
    name: 'ConcatFromSequence',
    since: 11,
    summary: 'the tensors of a sequence, one after the other along an axis or along a new one',
    inputs: [{ name: 'input_sequence', types: SEQUENCE }],
    outputs: [{ name: 'concat_result' }],
    attributes: {
      axis: { type: 'int', required: true },
      new_axis: { type: 'int', default: 0, min: 0, max: 1, doc: 'whether the axis is a new one' },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const { dtype, shape } = elementAt(at, 0);
      if (!shape) return [takenOut(at, { dtype }, 'size')];
      const isNew = at.int('new_axis') === 1;
      const axis = normalizeAxis(at, at.int('axis'), shape.length + (isNew ? 1 : 0));
      const along = at.unknown('along', isNew ? largest(null) : largest(shape[axis]!) === 0 ? 0 : largest(null));
      const rest = takenOut(
        at,
        { dtype, shape: isNew ? shape : shape.map((dim, i) => (i === axis ? 0 : dim)) },
        'size',
      );
      const dims = isNew
        ? [...rest.shape.slice(0, axis), along, ...rest.shape.slice(axis)]
        : rest.shape.map((dim, i) => (i === axis ? along : dim));
      return [{ dtype, shape: dims }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Optional',
    since: 15,
    summary: 'an optional that holds the input, or nothing where there is none',
    inputs: [{ name: 'input', optional: true, holds: 'any', passedOn: true }],
    outputs: [{ name: 'output' }],
    attributes: {
      type: { type: 'type', default: 'float32', doc: 'without an input: of what it might hold' },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const element = at.inputs[0] ? elementOf(at.input(0)) : parseElement(at, at.string('type'));
      return [{ dtype: 'optional', shape: [], element }];
    },
  }),
  defineOp({
    domain: '',
    name: 'OptionalHasElement',
    since: 18,
    summary: 'whether an optional holds something',
    inputs: [{ name: 'input', types: ['optional'], passedOn: true }],
    outputs: [{ name: 'output' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: () => [{ dtype: 'bool', shape: [] }],
  }),
  defineOp({
    domain: '',
    name: 'OptionalGetElement',
    since: 18,
    summary: 'what an optional holds',
    inputs: [{ name: 'input', types: ['optional'], passedOn: true }],
    outputs: [{ name: 'output' }],
    attributes: {},
    trait: { kind: 'opaque' },
    infer: (at) => [takenOut(at, elementAt(at, 0), 'size')],
  }),
];
