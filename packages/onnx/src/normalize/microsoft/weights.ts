// Weights of few bits. A byte holds several of them, the first in the lowest bits, as packed element types do: a constant
// becomes one of such a type over the same bytes. DequantizeLinear with blocks says what they are worth.

import { byteLength, type Constant, constantOf, type DType, elementCount, elementsOf, type Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { ints, knownSize, optional, reshape, sum, takeNumber, transpose, unsqueeze } from './parts.ts';

export const weights: SpelledOps = {
  MatMulNBits: matMulNBits,
  MatMulBnb4: matMulBnb4,
  GatherBlockQuantized: gatherBlocks,
};

/** A matrix [columns, features] in blocks of `block` features. */
interface Packed {
  readonly bits: number;
  readonly block: number;
  readonly columns: number;
  readonly features: number;
  readonly blocks: number;
}

function matMulNBits(node: LegacyNode, emit: Emitter): Value[] {
  const [features, columns] = [takeNumber(node, 'K', emit), takeNumber(node, 'N', emit)];
  const [bits, block] = [takeBits(node, emit), takeNumber(node, 'block_size', emit)];
  // How kernels may round the input.
  takeNumber(node, 'accuracy_level', emit, 0);
  if (takeNumber(node, 'weight_prepacked', emit, 0) !== 0) throw emit.fail('weights packed for one kind of device');
  if (!(block > 0 && features > 0)) throw emit.fail(`${features} features in blocks of ${block}`);
  const matrix = matrixOf(node, { bits, block, columns, features, blocks: Math.ceil(features / block) }, emit);
  const product = emit.node('MatMul', [inputOf(node, 0, emit), transpose(matrix, [1, 0], emit)]);
  return [sum(emit, product, optional(node, 5))];
}

/** What the 16 codes of bitsandbytes' types are worth, in units of a block's largest weight. FP4 has a bit for the sign. */
const FP4 = [0, 1 / 192, 2 / 3, 1, 1 / 3, 1 / 2, 1 / 6, 1 / 4];
const NF4 = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
  -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];

/** Weights [N, K] in blocks along all of it, two codes in a byte, the first in the upper half. */
function matMulBnb4(node: LegacyNode, emit: Emitter): Value[] {
  const [features, columns] = [takeNumber(node, 'K', emit), takeNumber(node, 'N', emit)];
  const block = takeNumber(node, 'block_size', emit);
  const normal = takeNumber(node, 'quant_type', emit) === 1;
  const transposes = takeNumber(node, 'transB', emit, 1) !== 0;
  takeNumber(node, 'training_mode', emit, 0);
  const [x, bytes, largest] = [inputOf(node, 0, emit), inputOf(node, 1, emit), inputOf(node, 2, emit)];
  if (!(block > 0) || (features * columns) % block !== 0)
    throw emit.fail(`${columns} × ${features} weights in blocks of ${block}`);
  const halves = [
    emit.node('BitShift', [bytes, emit.scalar('uint8', 4)], { direction: 'RIGHT' }),
    emit.node('BitwiseAnd', [bytes, emit.scalar('uint8', 15)]),
  ].map((half) => unsqueeze(half, [-1], emit));
  const codes = castTo(emit.node('Concat', halves, { axis: -1 }), 'int32', emit);
  const values = normal ? NF4 : [...FP4, ...FP4.map((value) => -value)];
  const table = castTo(emit.constant('float32', [16], values), largest.type.dtype, emit);
  const blocks = reshape(emit.node('Gather', [table, codes]), [-1, block], emit);
  const scaled = emit.node('Mul', [blocks, reshape(largest, [-1, 1], emit)]);
  const matrix = reshape(scaled, [columns, features], emit);
  return [emit.node('MatMul', [x, transposes ? transpose(matrix, [1, 0], emit) : matrix])];
}

function takeBits(node: LegacyNode, emit: Emitter): number {
  const bits = takeNumber(node, 'bits', emit, 4);
  checkBits(bits, emit);
  return bits;
}

function checkBits(bits: number, emit: Emitter): void {
  if (![2, 4, 8].includes(bits)) throw emit.fail(`weights of ${bits} bits`);
}

/** The weights of a MatMulNBits as numbers: [columns, features]. */
function matrixOf(node: LegacyNode, packed: Packed, emit: Emitter): Value {
  const { bits, block, columns, features, blocks } = packed;
  const bytes = inputOf(node, 1, emit);
  const scales = reshape(inputOf(node, 2, emit), [columns, blocks], emit);
  const zeros = optional(node, 3);
  const groups = optional(node, 4);
  if (groups) {
    // Features are in groups of any order.
    const own = (value: Value) => emit.node('Gather', [value, groups], { axis: 1 });
    const codes = castTo(unpacked(bytes, bits, [columns, blocks * block], emit, features), scales.type.dtype, emit);
    return emit.node('Mul', [emit.node('Sub', [codes, own(zeroNumbers(zeros, scales, packed, emit))]), own(scales)]);
  }
  const codes = unpacked(bytes, bits, [columns, blocks * block], emit);
  if (!zeros || zeros.type.dtype === 'uint8') {
    const points = zeros && zeroCodes(zeros, codes.type.dtype, packed, emit);
    return firstFeatures(inBlocks(codes, scales, points, packed, emit), packed, emit);
  }
  // Zero points that are no whole numbers are taken off in units of the scale.
  const whole = emit.node('DequantizeLinear', [codes, scales], { axis: 1, block_size: block });
  const offsets = emit.node('Mul', [zeroNumbers(zeros, scales, packed, emit), scales]);
  const moved = emit.node('Sub', [reshape(whole, [columns, blocks, block], emit), unsqueeze(offsets, [2], emit)]);
  return firstFeatures(reshape(moved, [columns, blocks * block], emit), packed, emit);
}

/** Codes [columns, features] as numbers. Without zero points the middle of their range is 0. */
function inBlocks(codes: Value, scales: Value, points: Value | null, { bits, block }: Packed, emit: Emitter): Value {
  const inputs = [codes, scales, points];
  if (!points && codes.constant) inputs[0] = signed(codes.constant, bits, emit);
  else inputs[2] ??= everywhere(scales, 2 ** (bits - 1), emit);
  return emit.node('DequantizeLinear', inputs, { axis: 1, block_size: block });
}

/** Quantized weights of experts: bytes [experts, outputs, inputs · bits/8] and what scales them. */
export interface ExpertCodes {
  readonly codes: Value;
  /** [experts, outputs], or one for each block of inputs too. */
  readonly scales: Value;
  /** Codes packed like the weights. */
  readonly zeros: Value | null;
}

/**
 * The weights of experts as numbers: [experts, outputs, inputs].
 * @param block inputs that share a scale; 0 for all of them
 */
export function expertWeights(
  { codes, scales, zeros }: ExpertCodes,
  bits: number,
  block: number,
  emit: Emitter,
): Value {
  checkBits(bits, emit);
  const [count, outputs, bytes] = [0, 1, 2].map((axis) => knownSize(codes, axis, emit)) as [number, number, number];
  const features = (bytes * 8) / bits;
  const columns = count * outputs;
  const size = block > 0 ? block : features;
  const packed: Packed = { bits, block: size, columns, features, blocks: features / size };
  if (!Number.isInteger(packed.blocks)) throw emit.fail(`${features} inputs in blocks of ${size}`);
  const matrix = unpacked(codes, bits, [columns, features], emit);
  const { dtype } = matrix.type;
  // Those of blocks are packed for each output, those of whole outputs for each expert.
  const points =
    zeros &&
    (block > 0
      ? zeroCodes(zeros, dtype, packed, emit)
      : castTo(unpacked(zeros, bits, [columns, 1], emit), dtype, emit));
  const own = reshape(scales, [columns, packed.blocks], emit);
  return reshape(inBlocks(matrix, own, points, packed, emit), [count, outputs, features], emit);
}

/** Unsigned codes less 2^(bits − 1): each with its highest bit turned over. */
function signed({ dims, read }: Constant, bits: number, emit: Emitter): Value {
  const dtype = ({ 2: 'int2', 4: 'int4', 8: 'int8' } as const)[bits]!;
  const high = { 2: 0xaa, 4: 0x88, 8: 0x80 }[bits]!;
  return emit.add({ dtype, dims, read: () => read().map((byte) => byte ^ high) });
}

/** The matrix without the features that fill up the last block. */
function firstFeatures(matrix: Value, { features, blocks, block }: Packed, emit: Emitter): Value {
  return blocks * block === features ? matrix : firstOf(matrix, features, emit);
}

function firstOf(matrix: Value, count: number, emit: Emitter): Value {
  return emit.node('Slice', [matrix, ints(emit, 0), ints(emit, count), ints(emit, 1)]);
}

/** Zero points as codes: [columns, blocks]. Those of a column are packed in bytes of their own. */
function zeroCodes(zeros: Value, dtype: DType, { bits, columns, blocks }: Packed, emit: Emitter): Value {
  const perByte = 8 / bits;
  const width = Math.ceil(blocks / perByte) * perByte;
  return castTo(unpacked(zeros, bits, [columns, width], emit, blocks), dtype, emit);
}

/** Zero points as numbers of the scales' type: [columns, blocks]. */
function zeroNumbers(zeros: Value | null, scales: Value, packed: Packed, emit: Emitter): Value {
  if (!zeros) return everywhere(scales, 2 ** (packed.bits - 1), emit, scales.type.dtype);
  if (zeros.type.dtype !== 'uint8') return reshape(zeros, [packed.columns, packed.blocks], emit);
  return castTo(zeroCodes(zeros, 'uint8', packed, emit), scales.type.dtype, emit);
}

/**
 * Bytes as a matrix of codes of so many bits, or the first columns of it: a constant as one of a packed type, anything
 * else by shifts, as uint8.
 */
function unpacked(bytes: Value, bits: number, dims: readonly [number, number], emit: Emitter, first = dims[1]): Value {
  const { constant } = bytes;
  if (!constant || bytes.type.dtype !== 'uint8') {
    const codes = reshape(bits === 8 ? bytes : shifted(bytes, bits, emit), dims, emit);
    return first === dims[1] ? codes : firstOf(codes, first, emit);
  }
  const dtype = ({ 2: 'uint2', 4: 'uint4', 8: 'uint8' } as const)[bits]!;
  const whole: Constant = { dtype, dims, read: () => constant.read() };
  if (elementCount(constant.dims) !== byteLength(dtype, elementCount(dims)))
    throw emit.fail(`${bytes.name} of [${constant.dims}] bytes for [${dims}] codes of ${bits} bits`);
  return emit.add(first === dims[1] ? whole : firstColumns(whole, first));
}

/** Packed again, since no op takes packed types apart in all opsets that have them. */
function firstColumns(matrix: Constant, count: number): Constant {
  const { dtype, dims } = matrix;
  const [rows, width] = dims as readonly [number, number];
  return {
    dtype,
    dims: [rows, count],
    read() {
      const all = elementsOf(matrix) as Uint8Array;
      const own = new Uint8Array(rows * count);
      for (let row = 0; row < rows; row++) own.set(all.subarray(row * width, row * width + count), row * count);
      return constantOf(dtype, [rows, count], own).read();
    },
  };
}

/** The codes in each byte of the last axis, along a further one: uint8 [..., bytes, codes]. */
function shifted(bytes: Value, bits: number, emit: Emitter): Value {
  const byte = (value: number) => emit.scalar('uint8', value);
  const codes = Array.from({ length: 8 / bits }, (_, i) => {
    const moved = i === 0 ? bytes : emit.node('BitShift', [bytes, byte(i * bits)], { direction: 'RIGHT' });
    return unsqueeze(emit.node('BitwiseAnd', [moved, byte(2 ** bits - 1)]), [-1], emit);
  });
  return emit.node('Concat', codes, { axis: -1 });
}

/** Slices of weights in blocks, picked by index and only then made numbers. */
function gatherBlocks(node: LegacyNode, emit: Emitter): Value[] {
  const [data, indices, scales] = [inputOf(node, 0, emit), inputOf(node, 1, emit), inputOf(node, 2, emit)];
  const bits = takeBits(node, emit);
  const block = takeNumber(node, 'block_size', emit, 128);
  const rank = data.type.shape.length;
  const axisOf = (name: string, otherwise: number) => {
    const axis = takeNumber(node, name, emit, otherwise);
    return axis < 0 ? axis + rank : axis;
  };
  const [axis, along] = [axisOf('gather_axis', 0), axisOf('quantize_axis', 1)];
  if (axis === along) throw emit.fail(`blocks along axis ${axis}, which is gathered from`);
  const picked = (value: Value) => emit.node('Gather', [value, indices], { axis });
  const own = picked(scales);
  const zeros = optional(node, 3);
  const bytes = data.type.dtype === 'uint8';
  const codes = (value: Value) => (bytes ? pickedCodes(picked(value), bits, emit) : picked(value));
  const points = zeros ? codes(zeros) : bytes ? everywhere(own, 2 ** (bits - 1), emit) : null;
  const moved = along > axis ? along + indices.type.shape.length - 1 : along;
  const values = codes(data);
  const inputs = [values, own, zeros && bytes ? cutLike(points!, own, emit) : points];
  return [emit.node('DequantizeLinear', inputs, { axis: moved, block_size: block })];
}

/** Bytes as uint8 codes along the last axis. */
function pickedCodes(bytes: Value, bits: number, emit: Emitter): Value {
  if (bits === 8) return bytes;
  const rank = bytes.type.shape.length;
  const width = (knownSize(bytes, -1, emit) * 8) / bits;
  return reshape(shifted(bytes, bits, emit), [...new Array<number>(rank - 1).fill(0), width], emit);
}

/** As many codes along the last axis as there are scales. */
function cutLike(codes: Value, scales: Value, emit: Emitter): Value {
  const count = knownSize(scales, -1, emit);
  if (knownSize(codes, -1, emit) === count) return codes;
  return emit.node('Slice', [codes, ints(emit, 0), ints(emit, count), ints(emit, -1)]);
}

/** A code for each scale. */
function everywhere(scales: Value, code: number, emit: Emitter, dtype: DType = 'uint8'): Value {
  return emit.node('Expand', [emit.scalar(dtype, code), emit.node('Shape', [scales])]);
}
