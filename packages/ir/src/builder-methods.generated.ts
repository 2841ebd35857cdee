// Written by builder.test.ts from the op definitions: `npx vitest run packages/ir/src/builder.test.ts -u`.

import type { NodeOptions, Value } from './graph.ts';
import type { Constant } from './tensor.ts';

/** Methods of GraphBuilder, one for each op of the default domain. */
export interface BuilderMethods {
  /** |x| */
  Abs(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** inverse cosine */
  Acos(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** inverse hyperbolic cosine */
  Acosh(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** a + b */
  Add(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** the grid of positions of an image, each mapped by the affine matrix of its batch */
  AffineGrid(theta: Value, size: Value, attributes?: AffineGridAttributes, options?: NodeOptions): Value;
  /** logical and */
  And(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** place of the largest element along an axis */
  ArgMax(data: Value, attributes?: ArgMaxAttributes, options?: NodeOptions): Value;
  /** place of the smallest element along an axis */
  ArgMin(data: Value, attributes?: ArgMinAttributes, options?: NodeOptions): Value;
  /** inverse sine */
  Asin(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** inverse hyperbolic sine */
  Asinh(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** inverse tangent */
  Atan(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** inverse hyperbolic tangent */
  Atanh(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** softmax(scale · Q·Kᵀ + bias)·V for each head, with masks, windows and a cache of keys and values */
  Attention(Q: Value, K: Value, V: Value, attributes?: AttentionAttributes, options?: NodeOptions): readonly Value[];
  Attention(Q: Value, K: Value, V: Value, attn_mask: Value | null | undefined, attributes?: AttentionAttributes, options?: NodeOptions): readonly Value[];
  Attention(Q: Value, K: Value, V: Value, attn_mask: Value | null | undefined, past_key: Value | null | undefined, attributes?: AttentionAttributes, options?: NodeOptions): readonly Value[];
  Attention(Q: Value, K: Value, V: Value, attn_mask: Value | null | undefined, past_key: Value | null | undefined, past_value: Value | null | undefined, attributes?: AttentionAttributes, options?: NodeOptions): readonly Value[];
  Attention(Q: Value, K: Value, V: Value, attn_mask: Value | null | undefined, past_key: Value | null | undefined, past_value: Value | null | undefined, nonpad_kv_seqlen: Value | null | undefined, attributes?: AttentionAttributes, options?: NodeOptions): readonly Value[];
  /** the mean under a sliding window */
  AveragePool(X: Value, attributes: AveragePoolAttributes, options?: NodeOptions): Value;
  /** inference form: (X − mean) / √(variance + epsilon) · scale + B, for each channel */
  BatchNormalization(X: Value, scale: Value, B: Value, input_mean: Value, input_var: Value, attributes?: BatchNormalizationAttributes, options?: NodeOptions): Value;
  /** 1 with the probability that the input tells, else 0 */
  Bernoulli(input: Value, attributes?: BernoulliAttributes, options?: NodeOptions): Value;
  /** the same bits in another element type of the same width */
  BitCast(input: Value, attributes: BitCastAttributes, options?: NodeOptions): Value;
  /** X shifted by Y bits */
  BitShift(X: Value, Y: Value, attributes: BitShiftAttributes, options?: NodeOptions): Value;
  /** bits that both have */
  BitwiseAnd(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** every bit inverted */
  BitwiseNot(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** bits that either has */
  BitwiseOr(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** bits that one has */
  BitwiseXor(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** 0.42 − 0.5 cos(2πi/n) + 0.08 cos(4πi/n) */
  BlackmanWindow(size: Value, attributes?: BlackmanWindowAttributes, options?: NodeOptions): Value;
  /** the value in another element type */
  Cast(input: Value, attributes: CastAttributes, options?: NodeOptions): Value;
  /** the value in the element type of another tensor, whose shape is its own affair */
  CastLike(input: Value, target_type: Value, attributes?: CastLikeAttributes, options?: NodeOptions): Value;
  /** ⌈x⌉ */
  Ceil(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** max(0, x) + min(0, alpha·(e^(x/alpha) − 1)) */
  Celu(X: Value, attributes?: CeluAttributes, options?: NodeOptions): Value;
  /** axes cut or padded with zeros to given sizes, evenly on both sides */
  CenterCropPad(input_data: Value, shape: Value, attributes?: CenterCropPadAttributes, options?: NodeOptions): Value;
  /** x limited to [min, max]; either may be absent */
  Clip(input: Value, attributes?: None, options?: NodeOptions): Value;
  Clip(input: Value, min: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  Clip(input: Value, min: Value | null | undefined, max: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  /** blocks of an image put back at their places and added up where they overlap */
  Col2Im(input: Value, image_shape: Value, block_shape: Value, attributes?: Col2ImAttributes, options?: NodeOptions): Value;
  /** slices along an axis, or elements of the flattened input, where the condition holds */
  Compress(input: Value, condition: Value, attributes?: CompressAttributes, options?: NodeOptions): Value;
  /** tensors one after another along an axis */
  Concat(inputs: readonly Value[], attributes: ConcatAttributes, options?: NodeOptions): Value;
  /** the tensors of a sequence, one after the other along an axis or along a new one */
  ConcatFromSequence(input_sequence: Value, attributes: ConcatFromSequenceAttributes, options?: NodeOptions): Value;
  /** a tensor of the given shape with one value everywhere */
  ConstantOfShape(input: Value, attributes?: ConstantOfShapeAttributes, options?: NodeOptions): Value;
  /** convolution over one or more spatial axes, with groups, strides, padding and dilation */
  Conv(X: Value, W: Value, attributes?: ConvAttributes, options?: NodeOptions): Value;
  Conv(X: Value, W: Value, B: Value | null | undefined, attributes?: ConvAttributes, options?: NodeOptions): Value;
  /** convolution of 8-bit integers less their zero points, in int32; padding counts as 0 */
  ConvInteger(x: Value, w: Value, attributes?: ConvIntegerAttributes, options?: NodeOptions): Value;
  ConvInteger(x: Value, w: Value, x_zero_point: Value | null | undefined, attributes?: ConvIntegerAttributes, options?: NodeOptions): Value;
  ConvInteger(x: Value, w: Value, x_zero_point: Value | null | undefined, w_zero_point: Value | null | undefined, attributes?: ConvIntegerAttributes, options?: NodeOptions): Value;
  /** transposed convolution: each input element adds a scaled kernel to the output */
  ConvTranspose(X: Value, W: Value, attributes?: ConvTransposeAttributes, options?: NodeOptions): Value;
  ConvTranspose(X: Value, W: Value, B: Value | null | undefined, attributes?: ConvTransposeAttributes, options?: NodeOptions): Value;
  /** cosine */
  Cos(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** hyperbolic cosine */
  Cosh(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** the product of the elements of an axis up to each of them */
  CumProd(x: Value, axis: Value, attributes?: CumProdAttributes, options?: NodeOptions): Value;
  /** the sum of the elements of an axis up to each of them */
  CumSum(x: Value, axis: Value, attributes?: CumSumAttributes, options?: NodeOptions): Value;
  /** discrete Fourier transform along an axis; complex numbers are pairs along the last axis */
  DFT(input: Value, attributes?: DFTAttributes, options?: NodeOptions): Value;
  DFT(input: Value, dft_length: Value | null | undefined, attributes?: DFTAttributes, options?: NodeOptions): Value;
  DFT(input: Value, dft_length: Value | null | undefined, axis: Value | null | undefined, attributes?: DFTAttributes, options?: NodeOptions): Value;
  /** convolution whose taps are moved by offsets and weighed by masks; between elements it interpolates linearly */
  DeformConv(X: Value, W: Value, offset: Value, attributes?: DeformConvAttributes, options?: NodeOptions): Value;
  DeformConv(X: Value, W: Value, offset: Value, B: Value | null | undefined, attributes?: DeformConvAttributes, options?: NodeOptions): Value;
  DeformConv(X: Value, W: Value, offset: Value, B: Value | null | undefined, mask: Value | null | undefined, attributes?: DeformConvAttributes, options?: NodeOptions): Value;
  /** blocks of channels laid out as blocks of height and width */
  DepthToSpace(input: Value, attributes: DepthToSpaceAttributes, options?: NodeOptions): Value;
  /** (x − x_zero_point) · x_scale */
  DequantizeLinear(x: Value, x_scale: Value, attributes?: DequantizeLinearAttributes, options?: NodeOptions): Value;
  DequantizeLinear(x: Value, x_scale: Value, x_zero_point: Value | null | undefined, attributes?: DequantizeLinearAttributes, options?: NodeOptions): Value;
  /** determinants of square matrices */
  Det(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** a / b; of integers truncated towards zero */
  Div(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** the input itself; in training mode elements are 0 with the probability `ratio`, others grow by 1/(1 − ratio) */
  Dropout(data: Value, attributes?: DropoutAttributes, options?: NodeOptions): readonly Value[];
  Dropout(data: Value, ratio: Value | null | undefined, attributes?: DropoutAttributes, options?: NodeOptions): readonly Value[];
  Dropout(data: Value, ratio: Value | null | undefined, training_mode: Value | null | undefined, attributes?: DropoutAttributes, options?: NodeOptions): readonly Value[];
  /** products of operands, summed over the axes that an equation leaves out of the output */
  Einsum(Inputs: readonly Value[], attributes: EinsumAttributes, options?: NodeOptions): Value;
  /** x where x > 0, else alpha·(eˣ − 1) */
  Elu(X: Value, attributes?: EluAttributes, options?: NodeOptions): Value;
  /** a = b */
  Equal(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** error function */
  Erf(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** eˣ */
  Exp(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** broadcast with a shape, both ways: a 1 in the shape keeps the dimension of the input */
  Expand(input: Value, shape: Value, attributes?: None, options?: NodeOptions): Value;
  /** a matrix of the input’s shape with ones on the k-th diagonal, zeros elsewhere */
  EyeLike(input: Value, attributes?: EyeLikeAttributes, options?: NodeOptions): Value;
  /** a matrix: the axes before `axis` as rows, the others as columns */
  Flatten(input: Value, attributes?: FlattenAttributes, options?: NodeOptions): Value;
  /** ⌊x⌋ */
  Floor(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** gated recurrent unit: hidden state, with update and reset gates */
  GRU(X: Value, W: Value, R: Value, attributes?: GRUAttributes, options?: NodeOptions): readonly Value[];
  GRU(X: Value, W: Value, R: Value, B: Value | null | undefined, attributes?: GRUAttributes, options?: NodeOptions): readonly Value[];
  GRU(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, attributes?: GRUAttributes, options?: NodeOptions): readonly Value[];
  GRU(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, initial_h: Value | null | undefined, attributes?: GRUAttributes, options?: NodeOptions): readonly Value[];
  /** slices along an axis, picked by index; negative indices count from the end */
  Gather(data: Value, indices: Value, attributes?: GatherAttributes, options?: NodeOptions): Value;
  /** for each place of the indices, the element that is there but for its position along an axis */
  GatherElements(data: Value, indices: Value, attributes?: GatherElementsAttributes, options?: NodeOptions): Value;
  /** slices of data at positions that the last axis of the indices spells out */
  GatherND(data: Value, indices: Value, attributes?: GatherNDAttributes, options?: NodeOptions): Value;
  /** x times the normal distribution function of x, exactly or by its tanh approximation */
  Gelu(X: Value, attributes?: GeluAttributes, options?: NodeOptions): Value;
  /** alpha · A × B + beta · C, each of A and B transposed as told */
  Gemm(A: Value, B: Value, attributes?: GemmAttributes, options?: NodeOptions): Value;
  Gemm(A: Value, B: Value, C: Value | null | undefined, attributes?: GemmAttributes, options?: NodeOptions): Value;
  /** the mean over all spatial positions */
  GlobalAveragePool(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** the p-norm (Σ|x|ᵖ)^(1/p) over all spatial positions */
  GlobalLpPool(X: Value, attributes?: GlobalLpPoolAttributes, options?: NodeOptions): Value;
  /** the largest element over all spatial positions */
  GlobalMaxPool(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** a > b */
  Greater(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** a ≥ b */
  GreaterOrEqual(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** the input, interpolated at positions from −1 to 1 along each spatial axis, the last axis first */
  GridSample(X: Value, grid: Value, attributes?: GridSampleAttributes, options?: NodeOptions): Value;
  /** each group of channels of each batch element normalized over its elements, then scale and bias by channel */
  GroupNormalization(X: Value, scale: Value, bias: Value, attributes: GroupNormalizationAttributes, options?: NodeOptions): Value;
  /** 25/46 − 21/46 cos(2πi/n) */
  HammingWindow(size: Value, attributes?: HammingWindowAttributes, options?: NodeOptions): Value;
  /** sin²(πi/n) */
  HannWindow(size: Value, attributes?: HannWindowAttributes, options?: NodeOptions): Value;
  /** min(1, max(0, alpha·x + beta)) */
  HardSigmoid(X: Value, attributes?: HardSigmoidAttributes, options?: NodeOptions): Value;
  /** x · min(1, max(0, x/6 + 1/2)) */
  HardSwish(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** 1 at the first largest element of an axis, 0 elsewhere */
  Hardmax(input: Value, attributes?: HardmaxAttributes, options?: NodeOptions): Value;
  /** the value itself */
  Identity(input: Value, attributes?: None, options?: NodeOptions): Value;
  /** the outputs of one of two bodies */
  If(cond: Value, attributes?: None, options?: NodeOptions): readonly Value[];
  If(cond: Value, captured: readonly Value[], attributes?: None, options?: NodeOptions): readonly Value[];
  /** the pixels of a picture in a file: [height, width, channels]; none of what cannot be decoded */
  ImageDecoder(encoded_stream: Value, attributes?: ImageDecoderAttributes, options?: NodeOptions): Value;
  /** each channel of each batch element normalized over its spatial positions, then scale and B */
  InstanceNormalization(input: Value, scale: Value, B: Value, attributes?: InstanceNormalizationAttributes, options?: NodeOptions): Value;
  /** whether x is infinite, of the signs asked for */
  IsInf(X: Value, attributes?: IsInfAttributes, options?: NodeOptions): Value;
  /** whether x is not a number */
  IsNaN(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** long short-term memory: hidden state and cell, with input, output and forget gates */
  LSTM(X: Value, W: Value, R: Value, attributes?: LSTMAttributes, options?: NodeOptions): readonly Value[];
  LSTM(X: Value, W: Value, R: Value, B: Value | null | undefined, attributes?: LSTMAttributes, options?: NodeOptions): readonly Value[];
  LSTM(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, attributes?: LSTMAttributes, options?: NodeOptions): readonly Value[];
  LSTM(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, initial_h: Value | null | undefined, attributes?: LSTMAttributes, options?: NodeOptions): readonly Value[];
  LSTM(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, initial_h: Value | null | undefined, initial_c: Value | null | undefined, attributes?: LSTMAttributes, options?: NodeOptions): readonly Value[];
  LSTM(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, initial_h: Value | null | undefined, initial_c: Value | null | undefined, P: Value | null | undefined, attributes?: LSTMAttributes, options?: NodeOptions): readonly Value[];
  /** (X − mean) / √(variance + epsilon) · Scale + B, with statistics over the axes from `axis` on */
  LayerNormalization(X: Value, Scale: Value, attributes?: LayerNormalizationAttributes, options?: NodeOptions): readonly Value[];
  LayerNormalization(X: Value, Scale: Value, B: Value | null | undefined, attributes?: LayerNormalizationAttributes, options?: NodeOptions): readonly Value[];
  /** x where x ≥ 0, else alpha·x */
  LeakyRelu(X: Value, attributes?: LeakyReluAttributes, options?: NodeOptions): Value;
  /** a < b */
  Less(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** a ≤ b */
  LessOrEqual(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** query · state for each step and head, the state being a matrix to which keys and values are added */
  LinearAttention(query: Value, key: Value, value: Value, attributes: LinearAttentionAttributes, options?: NodeOptions): readonly Value[];
  LinearAttention(query: Value, key: Value, value: Value, past_state: Value | null | undefined, attributes: LinearAttentionAttributes, options?: NodeOptions): readonly Value[];
  LinearAttention(query: Value, key: Value, value: Value, past_state: Value | null | undefined, decay: Value | null | undefined, attributes: LinearAttentionAttributes, options?: NodeOptions): readonly Value[];
  LinearAttention(query: Value, key: Value, value: Value, past_state: Value | null | undefined, decay: Value | null | undefined, beta: Value | null | undefined, attributes: LinearAttentionAttributes, options?: NodeOptions): readonly Value[];
  /** natural logarithm */
  Log(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** x − log Σ eˣ along an axis */
  LogSoftmax(input: Value, attributes?: LogSoftmaxAttributes, options?: NodeOptions): Value;
  /** runs its body until M iterations are done or its condition is false */
  Loop(attributes: LoopAttributes, options?: NodeOptions): readonly Value[];
  Loop(M: Value | null | undefined, attributes: LoopAttributes, options?: NodeOptions): readonly Value[];
  Loop(M: Value | null | undefined, cond: Value | null | undefined, attributes: LoopAttributes, options?: NodeOptions): readonly Value[];
  Loop(M: Value | null | undefined, cond: Value | null | undefined, v_initial: readonly Value[], attributes: LoopAttributes, options?: NodeOptions): readonly Value[];
  /** x divided by the sum of |x| (p = 1) or the root of the sum of x² (p = 2) along an axis; 0 where that is 0 */
  LpNormalization(input: Value, attributes?: LpNormalizationAttributes, options?: NodeOptions): Value;
  /** the p-norm (Σ|x|ᵖ)^(1/p) under a sliding window; padding counts as 0 */
  LpPool(X: Value, attributes: LpPoolAttributes, options?: NodeOptions): Value;
  /** matrix product over the last two axes, the others broadcast */
  MatMul(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** matrix product of 8-bit integers less their zero points, in int32 */
  MatMulInteger(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  MatMulInteger(A: Value, B: Value, a_zero_point: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  MatMulInteger(A: Value, B: Value, a_zero_point: Value | null | undefined, b_zero_point: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  /** the largest of all operands */
  Max(data_0: readonly Value[], attributes?: None, options?: NodeOptions): Value;
  /** the largest element under a sliding window */
  MaxPool(X: Value, attributes: MaxPoolAttributes, options?: NodeOptions): readonly Value[];
  /** the largest element in each cell of a grid over each region */
  MaxRoiPool(X: Value, rois: Value, attributes: MaxRoiPoolAttributes, options?: NodeOptions): Value;
  /** elements put back where a MaxPool took them from, zeros elsewhere */
  MaxUnpool(X: Value, I: Value, attributes: MaxUnpoolAttributes, options?: NodeOptions): Value;
  MaxUnpool(X: Value, I: Value, output_shape: Value | null | undefined, attributes: MaxUnpoolAttributes, options?: NodeOptions): Value;
  /** the mean of all operands */
  Mean(data_0: readonly Value[], attributes?: None, options?: NodeOptions): Value;
  /** triangular filters that make mel bands of the bins of a spectrum: [bins, bands] */
  MelWeightMatrix(num_mel_bins: Value, dft_length: Value, sample_rate: Value, lower_edge_hertz: Value, upper_edge_hertz: Value, attributes?: MelWeightMatrixAttributes, options?: NodeOptions): Value;
  /** the smallest of all operands */
  Min(data_0: readonly Value[], attributes?: None, options?: NodeOptions): Value;
  /** x · tanh(ln(1 + eˣ)) */
  Mish(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** remainder with the sign of the divisor, or of the dividend where fmod is 1 */
  Mod(A: Value, B: Value, attributes?: ModAttributes, options?: NodeOptions): Value;
  /** a · b */
  Mul(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** classes drawn for each row, by the logarithms of their probabilities, which need no norm */
  Multinomial(input: Value, attributes?: MultinomialAttributes, options?: NodeOptions): Value;
  /** −x */
  Neg(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** boxes of each class, best first, without those that overlap better ones: [batch, class, box] for each */
  NonMaxSuppression(boxes: Value, scores: Value, attributes?: NonMaxSuppressionAttributes, options?: NodeOptions): Value;
  NonMaxSuppression(boxes: Value, scores: Value, max_output_boxes_per_class: Value | null | undefined, attributes?: NonMaxSuppressionAttributes, options?: NodeOptions): Value;
  NonMaxSuppression(boxes: Value, scores: Value, max_output_boxes_per_class: Value | null | undefined, iou_threshold: Value | null | undefined, attributes?: NonMaxSuppressionAttributes, options?: NodeOptions): Value;
  NonMaxSuppression(boxes: Value, scores: Value, max_output_boxes_per_class: Value | null | undefined, iou_threshold: Value | null | undefined, score_threshold: Value | null | undefined, attributes?: NonMaxSuppressionAttributes, options?: NodeOptions): Value;
  /** the positions of the elements that are not zero, in row-major order: a row for each axis */
  NonZero(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** logical not */
  Not(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** along a new axis of size depth the second value at the index, the first elsewhere; none for indices beyond */
  OneHot(indices: Value, depth: Value, values: Value, attributes?: OneHotAttributes, options?: NodeOptions): Value;
  /** an optional that holds the input, or nothing where there is none */
  Optional(attributes?: OptionalAttributes, options?: NodeOptions): Value;
  Optional(input: Value | null | undefined, attributes?: OptionalAttributes, options?: NodeOptions): Value;
  /** what an optional holds */
  OptionalGetElement(input: Value, attributes?: None, options?: NodeOptions): Value;
  /** whether an optional holds something */
  OptionalHasElement(input: Value, attributes?: None, options?: NodeOptions): Value;
  /** logical or */
  Or(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** x where x ≥ 0, else slope·x */
  PRelu(X: Value, slope: Value, attributes?: None, options?: NodeOptions): Value;
  /** elements added around the input, or with negative pads taken away */
  Pad(data: Value, pads: Value, attributes?: PadAttributes, options?: NodeOptions): Value;
  Pad(data: Value, pads: Value, constant_value: Value | null | undefined, attributes?: PadAttributes, options?: NodeOptions): Value;
  Pad(data: Value, pads: Value, constant_value: Value | null | undefined, axes: Value | null | undefined, attributes?: PadAttributes, options?: NodeOptions): Value;
  /** xʸ, in the type of x, cut off where that is an integer */
  Pow(X: Value, Y: Value, attributes?: None, options?: NodeOptions): Value;
  /** x / y_scale, rounded half to even, + y_zero_point, saturated */
  QuantizeLinear(x: Value, y_scale: Value, attributes?: QuantizeLinearAttributes, options?: NodeOptions): Value;
  QuantizeLinear(x: Value, y_scale: Value, y_zero_point: Value | null | undefined, attributes?: QuantizeLinearAttributes, options?: NodeOptions): Value;
  /** X / √(mean of X² + epsilon) · scale, with the mean over the axes from `axis` on */
  RMSNormalization(X: Value, scale: Value, attributes?: RMSNormalizationAttributes, options?: NodeOptions): Value;
  /** hidden state f(X·Wᵀ + H·Rᵀ + bias) */
  RNN(X: Value, W: Value, R: Value, attributes?: RNNAttributes, options?: NodeOptions): readonly Value[];
  RNN(X: Value, W: Value, R: Value, B: Value | null | undefined, attributes?: RNNAttributes, options?: NodeOptions): readonly Value[];
  RNN(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, attributes?: RNNAttributes, options?: NodeOptions): readonly Value[];
  RNN(X: Value, W: Value, R: Value, B: Value | null | undefined, sequence_lens: Value | null | undefined, initial_h: Value | null | undefined, attributes?: RNNAttributes, options?: NodeOptions): readonly Value[];
  /** numbers of a normal distribution */
  RandomNormal(attributes: RandomNormalAttributes, options?: NodeOptions): Value;
  /** numbers of a normal distribution, in the shape of the input */
  RandomNormalLike(input: Value, attributes?: RandomNormalLikeAttributes, options?: NodeOptions): Value;
  /** numbers of a uniform distribution */
  RandomUniform(attributes: RandomUniformAttributes, options?: NodeOptions): Value;
  /** numbers of a uniform distribution, in the shape of the input */
  RandomUniformLike(input: Value, attributes?: RandomUniformLikeAttributes, options?: NodeOptions): Value;
  /** start, start + delta, ... up to but without limit */
  Range(start: Value, limit: Value, delta: Value, attributes?: None, options?: NodeOptions): Value;
  /** 1/x */
  Reciprocal(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** sum of |x| */
  ReduceL1(data: Value, attributes?: ReduceL1Attributes, options?: NodeOptions): Value;
  ReduceL1(data: Value, axes: Value | null | undefined, attributes?: ReduceL1Attributes, options?: NodeOptions): Value;
  /** root of the sum of squares */
  ReduceL2(data: Value, attributes?: ReduceL2Attributes, options?: NodeOptions): Value;
  ReduceL2(data: Value, axes: Value | null | undefined, attributes?: ReduceL2Attributes, options?: NodeOptions): Value;
  /** logarithm of the sum */
  ReduceLogSum(data: Value, attributes?: ReduceLogSumAttributes, options?: NodeOptions): Value;
  ReduceLogSum(data: Value, axes: Value | null | undefined, attributes?: ReduceLogSumAttributes, options?: NodeOptions): Value;
  /** logarithm of the sum of eˣ, safe from overflow: max + log Σ exp(x − max) */
  ReduceLogSumExp(data: Value, attributes?: ReduceLogSumExpAttributes, options?: NodeOptions): Value;
  ReduceLogSumExp(data: Value, axes: Value | null | undefined, attributes?: ReduceLogSumExpAttributes, options?: NodeOptions): Value;
  /** largest element; of bools, whether any is true */
  ReduceMax(data: Value, attributes?: ReduceMaxAttributes, options?: NodeOptions): Value;
  ReduceMax(data: Value, axes: Value | null | undefined, attributes?: ReduceMaxAttributes, options?: NodeOptions): Value;
  /** mean */
  ReduceMean(data: Value, attributes?: ReduceMeanAttributes, options?: NodeOptions): Value;
  ReduceMean(data: Value, axes: Value | null | undefined, attributes?: ReduceMeanAttributes, options?: NodeOptions): Value;
  /** smallest element; of bools, whether all are true */
  ReduceMin(data: Value, attributes?: ReduceMinAttributes, options?: NodeOptions): Value;
  ReduceMin(data: Value, axes: Value | null | undefined, attributes?: ReduceMinAttributes, options?: NodeOptions): Value;
  /** product */
  ReduceProd(data: Value, attributes?: ReduceProdAttributes, options?: NodeOptions): Value;
  ReduceProd(data: Value, axes: Value | null | undefined, attributes?: ReduceProdAttributes, options?: NodeOptions): Value;
  /** sum */
  ReduceSum(data: Value, attributes?: ReduceSumAttributes, options?: NodeOptions): Value;
  ReduceSum(data: Value, axes: Value | null | undefined, attributes?: ReduceSumAttributes, options?: NodeOptions): Value;
  /** sum of squares */
  ReduceSumSquare(data: Value, attributes?: ReduceSumSquareAttributes, options?: NodeOptions): Value;
  ReduceSumSquare(data: Value, axes: Value | null | undefined, attributes?: ReduceSumSquareAttributes, options?: NodeOptions): Value;
  /** whether a regular expression of RE2’s syntax matches the whole of each string */
  RegexFullMatch(X: Value, attributes: RegexFullMatchAttributes, options?: NodeOptions): Value;
  /** max(x, 0) */
  Relu(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** the same elements in another shape */
  Reshape(data: Value, shape: Value, attributes?: ReshapeAttributes, options?: NodeOptions): Value;
  /** axes made longer or shorter by interpolation; sizes follow from scales (rounded down) or are given */
  Resize(X: Value, attributes?: ResizeAttributes, options?: NodeOptions): Value;
  Resize(X: Value, roi: Value | null | undefined, attributes?: ResizeAttributes, options?: NodeOptions): Value;
  Resize(X: Value, roi: Value | null | undefined, scales: Value | null | undefined, attributes?: ResizeAttributes, options?: NodeOptions): Value;
  Resize(X: Value, roi: Value | null | undefined, scales: Value | null | undefined, sizes: Value | null | undefined, attributes?: ResizeAttributes, options?: NodeOptions): Value;
  /** the first elements of each sequence in reverse, as many as its length says */
  ReverseSequence(input: Value, sequence_lens: Value, attributes?: ReverseSequenceAttributes, options?: NodeOptions): Value;
  /** the mean or largest of points in each cell of a grid over each region, interpolated between elements */
  RoiAlign(X: Value, rois: Value, batch_indices: Value, attributes?: RoiAlignAttributes, options?: NodeOptions): Value;
  /** pairs of features (a, b) become (a·cos − b·sin, a·sin + b·cos), with the angles of their position */
  RotaryEmbedding(X: Value, cos_cache: Value, sin_cache: Value, attributes?: RotaryEmbeddingAttributes, options?: NodeOptions): Value;
  RotaryEmbedding(X: Value, cos_cache: Value, sin_cache: Value, position_ids: Value | null | undefined, attributes?: RotaryEmbeddingAttributes, options?: NodeOptions): Value;
  /** nearest integer, halves to even */
  Round(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** Fourier transforms of overlapping frames of a signal, each weighted by a window */
  STFT(signal: Value, frame_step: Value, attributes?: STFTAttributes, options?: NodeOptions): Value;
  STFT(signal: Value, frame_step: Value, window: Value | null | undefined, attributes?: STFTAttributes, options?: NodeOptions): Value;
  STFT(signal: Value, frame_step: Value, window: Value | null | undefined, frame_length: Value | null | undefined, attributes?: STFTAttributes, options?: NodeOptions): Value;
  /** data with elements replaced, or combined with updates, at positions along an axis */
  ScatterElements(data: Value, indices: Value, updates: Value, attributes?: ScatterElementsAttributes, options?: NodeOptions): Value;
  /** data with slices replaced, or combined with updates, at positions that the last axis of the indices spells out */
  ScatterND(data: Value, indices: Value, updates: Value, attributes?: ScatterNDAttributes, options?: NodeOptions): Value;
  /** gamma·x where x > 0, else gamma·alpha·(eˣ − 1) */
  Selu(X: Value, attributes?: SeluAttributes, options?: NodeOptions): Value;
  /** the tensor at a position of a sequence, from its end where that is negative */
  SequenceAt(input_sequence: Value, position: Value, attributes?: None, options?: NodeOptions): Value;
  /** a sequence of the inputs */
  SequenceConstruct(inputs: readonly Value[], attributes?: None, options?: NodeOptions): Value;
  /** a sequence of no tensors */
  SequenceEmpty(attributes?: SequenceEmptyAttributes, options?: NodeOptions): Value;
  /** the sequence without the tensor at a position, or without its last one */
  SequenceErase(input_sequence: Value, attributes?: None, options?: NodeOptions): Value;
  SequenceErase(input_sequence: Value, position: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  /** the sequence with a tensor before a position, or at its end */
  SequenceInsert(input_sequence: Value, tensor: Value, attributes?: None, options?: NodeOptions): Value;
  SequenceInsert(input_sequence: Value, tensor: Value, position: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  /** how many tensors are in a sequence */
  SequenceLength(input_sequence: Value, attributes?: None, options?: NodeOptions): Value;
  /** the dimensions of a tensor, or a range of them */
  Shape(data: Value, attributes?: ShapeAttributes, options?: NodeOptions): Value;
  /** x drawn towards 0 by bias where |x| > lambd, else 0; integers as floats that are cut off */
  Shrink(input: Value, attributes?: ShrinkAttributes, options?: NodeOptions): Value;
  /** 1/(1+e⁻ˣ) */
  Sigmoid(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** −1, 0 or 1 */
  Sign(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** sine */
  Sin(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** hyperbolic sine */
  Sinh(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** the number of elements of a tensor */
  Size(data: Value, attributes?: None, options?: NodeOptions): Value;
  /** a range, with a step, of some axes */
  Slice(data: Value, starts: Value, ends: Value, attributes?: None, options?: NodeOptions): Value;
  Slice(data: Value, starts: Value, ends: Value, axes: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  Slice(data: Value, starts: Value, ends: Value, axes: Value | null | undefined, steps: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  /** eˣ / Σ eˣ along an axis */
  Softmax(input: Value, attributes?: SoftmaxAttributes, options?: NodeOptions): Value;
  /** ln(1 + eˣ) */
  Softplus(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** x / (1 + |x|) */
  Softsign(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** blocks of height and width laid out as blocks of channels */
  SpaceToDepth(input: Value, attributes: SpaceToDepthAttributes, options?: NodeOptions): Value;
  /** an axis cut into parts: of the given sizes, or equal but for a smaller last one */
  Split(input: Value, attributes?: SplitAttributes, options?: NodeOptions): readonly Value[];
  Split(input: Value, split: Value | null | undefined, attributes?: SplitAttributes, options?: NodeOptions): readonly Value[];
  /** a sequence of the parts of a tensor along an axis */
  SplitToSequence(input: Value, attributes?: SplitToSequenceAttributes, options?: NodeOptions): Value;
  SplitToSequence(input: Value, split: Value | null | undefined, attributes?: SplitToSequenceAttributes, options?: NodeOptions): Value;
  /** √x */
  Sqrt(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** without axes of size 1: the given ones, or all */
  Squeeze(data: Value, attributes?: None, options?: NodeOptions): Value;
  Squeeze(data: Value, axes: Value | null | undefined, attributes?: None, options?: NodeOptions): Value;
  /** strings joined element by element */
  StringConcat(X: Value, Y: Value, attributes?: None, options?: NodeOptions): Value;
  /** strings in lower or upper case without stop words; one empty string where none is left */
  StringNormalizer(X: Value, attributes?: StringNormalizerAttributes, options?: NodeOptions): Value;
  /** strings cut at a delimiter into parts along a new last axis, filled up with empty ones; how many there are */
  StringSplit(X: Value, attributes?: StringSplitAttributes, options?: NodeOptions): readonly Value[];
  /** a − b */
  Sub(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
  /** the sum of all operands */
  Sum(data_0: readonly Value[], attributes?: None, options?: NodeOptions): Value;
  /** a / (1 + e^(−alpha·a)) · b */
  SwiGLU(A: Value, B: Value, attributes?: SwiGLUAttributes, options?: NodeOptions): Value;
  /** x / (1 + e^(−alpha·x)) */
  Swish(X: Value, attributes?: SwishAttributes, options?: NodeOptions): Value;
  /** tangent */
  Tan(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** hyperbolic tangent */
  Tanh(X: Value, attributes?: None, options?: NodeOptions): Value;
  /** a cache with an update written into its sequence axis, from a position for each batch on */
  TensorScatter(past_cache: Value, update: Value, attributes?: TensorScatterAttributes, options?: NodeOptions): Value;
  TensorScatter(past_cache: Value, update: Value, write_indices: Value | null | undefined, attributes?: TensorScatterAttributes, options?: NodeOptions): Value;
  /** how often each n-gram of a pool is found in a sequence, counted, weighted or both */
  TfIdfVectorizer(X: Value, attributes: TfIdfVectorizerAttributes, options?: NodeOptions): Value;
  /** x where x > alpha, else 0 */
  ThresholdedRelu(X: Value, attributes?: ThresholdedReluAttributes, options?: NodeOptions): Value;
  /** the input repeated along each axis */
  Tile(input: Value, repeats: Value, attributes?: None, options?: NodeOptions): Value;
  /** the k largest (or smallest) elements of an axis, best first, and their places; of equals the first */
  TopK(X: Value, K: Value, attributes?: TopKAttributes, options?: NodeOptions): readonly Value[];
  /** axes in another order */
  Transpose(data: Value, attributes?: TransposeAttributes, options?: NodeOptions): Value;
  /** the upper or lower triangle of matrices, cut at the k-th diagonal; zeros elsewhere */
  Trilu(input: Value, attributes?: TriluAttributes, options?: NodeOptions): Value;
  Trilu(input: Value, k: Value | null | undefined, attributes?: TriluAttributes, options?: NodeOptions): Value;
  /** the elements, or slices along an axis, without repetition; where each is first, where it went, how many */
  Unique(X: Value, attributes?: UniqueAttributes, options?: NodeOptions): readonly Value[];
  /** with axes of size 1 put in; axes are those of the output */
  Unsqueeze(data: Value, axes: Value, attributes?: None, options?: NodeOptions): Value;
  /** X where the condition holds, else Y */
  Where(condition: Value, X: Value, Y: Value, attributes?: None, options?: NodeOptions): Value;
  /** logical exclusive or */
  Xor(A: Value, B: Value, attributes?: None, options?: NodeOptions): Value;
}

type None = Record<string, never>;
interface AffineGridAttributes {
  readonly align_corners?: number;
}
interface ArgMaxAttributes {
  readonly axis?: number;
  readonly keepdims?: number;
  readonly select_last_index?: number;
}
interface ArgMinAttributes {
  readonly axis?: number;
  readonly keepdims?: number;
  readonly select_last_index?: number;
}
interface AttentionAttributes {
  readonly is_causal?: number;
  readonly kv_num_heads?: number;
  readonly left_window_size?: number;
  readonly q_num_heads?: number;
  readonly qk_matmul_output_mode?: number;
  readonly right_window_size?: number;
  readonly scale?: number;
  readonly softcap?: number;
  readonly softmax_precision?: number;
}
interface AveragePoolAttributes {
  readonly auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly dilations?: readonly number[];
  readonly kernel_shape: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly ceil_mode?: number;
  readonly count_include_pad?: number;
}
interface BatchNormalizationAttributes {
  readonly epsilon?: number;
  readonly momentum?: number;
  readonly training_mode?: number;
}
interface BernoulliAttributes {
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8' | 'bool';
  readonly seed?: number;
}
interface BitCastAttributes {
  readonly to: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8' | 'bool' | 'float8e4m3fn' | 'float8e4m3fnuz' | 'float8e5m2' | 'float8e5m2fnuz' | 'float8e8m0' | 'float4e2m1' | 'int4' | 'uint4' | 'int2' | 'uint2' | 'complex64' | 'complex128';
}
interface BitShiftAttributes {
  readonly direction: 'LEFT' | 'RIGHT';
}
interface BlackmanWindowAttributes {
  readonly output_datatype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8';
  readonly periodic?: number;
}
interface CastAttributes {
  readonly to: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8' | 'bool' | 'float8e4m3fn' | 'float8e4m3fnuz' | 'float8e5m2' | 'float8e5m2fnuz' | 'float8e8m0' | 'float4e2m1' | 'int4' | 'uint4' | 'int2' | 'uint2' | 'string';
  readonly saturate?: number;
  readonly round_mode?: 'up' | 'down' | 'nearest';
}
interface CastLikeAttributes {
  readonly saturate?: number;
  readonly round_mode?: 'up' | 'down' | 'nearest';
}
interface CeluAttributes {
  readonly alpha?: number;
}
interface CenterCropPadAttributes {
  readonly axes?: readonly number[];
}
interface Col2ImAttributes {
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
}
interface CompressAttributes {
  readonly axis?: number;
}
interface ConcatAttributes {
  readonly axis: number;
}
interface ConcatFromSequenceAttributes {
  readonly axis: number;
  readonly new_axis?: number;
}
interface ConstantOfShapeAttributes {
  readonly value?: Constant;
}
interface ConvAttributes {
  readonly auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly dilations?: readonly number[];
  readonly kernel_shape?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly group?: number;
}
interface ConvIntegerAttributes {
  readonly auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly dilations?: readonly number[];
  readonly kernel_shape?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly group?: number;
}
interface ConvTransposeAttributes {
  readonly auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly dilations?: readonly number[];
  readonly kernel_shape?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly group?: number;
  readonly output_padding?: readonly number[];
  readonly output_shape?: readonly number[];
}
interface CumProdAttributes {
  readonly exclusive?: number;
  readonly reverse?: number;
}
interface CumSumAttributes {
  readonly exclusive?: number;
  readonly reverse?: number;
}
interface DFTAttributes {
  readonly inverse?: number;
  readonly onesided?: number;
}
interface DeformConvAttributes {
  readonly dilations?: readonly number[];
  readonly kernel_shape?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly group?: number;
  readonly offset_group?: number;
}
interface DepthToSpaceAttributes {
  readonly blocksize: number;
  readonly mode?: 'DCR' | 'CRD';
}
interface DequantizeLinearAttributes {
  readonly axis?: number;
  readonly block_size?: number;
  readonly output_dtype?: 'float32' | 'float16' | 'bfloat16';
}
interface DropoutAttributes {
  readonly seed?: number;
}
interface EinsumAttributes {
  readonly equation: string;
}
interface EluAttributes {
  readonly alpha?: number;
}
interface EyeLikeAttributes {
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8' | 'bool';
  readonly k?: number;
}
interface FlattenAttributes {
  readonly axis?: number;
}
interface GRUAttributes {
  readonly activations?: readonly string[];
  readonly activation_alpha?: readonly number[];
  readonly activation_beta?: readonly number[];
  readonly clip?: number;
  readonly direction?: 'forward' | 'reverse' | 'bidirectional';
  readonly hidden_size?: number;
  readonly layout?: number;
  readonly linear_before_reset?: number;
}
interface GatherAttributes {
  readonly axis?: number;
}
interface GatherElementsAttributes {
  readonly axis?: number;
}
interface GatherNDAttributes {
  readonly batch_dims?: number;
}
interface GeluAttributes {
  readonly approximate?: 'none' | 'tanh';
}
interface GemmAttributes {
  readonly alpha?: number;
  readonly beta?: number;
  readonly transA?: number;
  readonly transB?: number;
}
interface GlobalLpPoolAttributes {
  readonly p?: number;
}
interface GridSampleAttributes {
  readonly align_corners?: number;
  readonly mode?: 'linear' | 'nearest' | 'cubic';
  readonly padding_mode?: 'zeros' | 'border' | 'reflection';
}
interface GroupNormalizationAttributes {
  readonly epsilon?: number;
  readonly num_groups: number;
  readonly stash_type?: number;
}
interface HammingWindowAttributes {
  readonly output_datatype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8';
  readonly periodic?: number;
}
interface HannWindowAttributes {
  readonly output_datatype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8';
  readonly periodic?: number;
}
interface HardSigmoidAttributes {
  readonly alpha?: number;
  readonly beta?: number;
}
interface HardmaxAttributes {
  readonly axis?: number;
}
interface ImageDecoderAttributes {
  readonly pixel_format?: 'RGB' | 'BGR' | 'Grayscale';
}
interface InstanceNormalizationAttributes {
  readonly epsilon?: number;
}
interface IsInfAttributes {
  readonly detect_negative?: number;
  readonly detect_positive?: number;
}
interface LSTMAttributes {
  readonly activations?: readonly string[];
  readonly activation_alpha?: readonly number[];
  readonly activation_beta?: readonly number[];
  readonly clip?: number;
  readonly direction?: 'forward' | 'reverse' | 'bidirectional';
  readonly hidden_size?: number;
  readonly layout?: number;
  readonly input_forget?: number;
}
interface LayerNormalizationAttributes {
  readonly axis?: number;
  readonly epsilon?: number;
  readonly stash_type?: number;
}
interface LeakyReluAttributes {
  readonly alpha?: number;
}
interface LinearAttentionAttributes {
  readonly chunk_size?: number;
  readonly kv_num_heads: number;
  readonly q_num_heads: number;
  readonly scale?: number;
  readonly update_rule?: 'linear' | 'gated' | 'delta' | 'gated_delta';
}
interface LogSoftmaxAttributes {
  readonly axis?: number;
}
interface LoopAttributes {
  readonly carried: number;
}
interface LpNormalizationAttributes {
  readonly axis?: number;
  readonly p?: number;
}
interface LpPoolAttributes {
  readonly auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly dilations?: readonly number[];
  readonly kernel_shape: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly ceil_mode?: number;
  readonly p?: number;
}
interface MaxPoolAttributes {
  readonly auto_pad?: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
  readonly dilations?: readonly number[];
  readonly kernel_shape: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly ceil_mode?: number;
  readonly storage_order?: number;
}
interface MaxRoiPoolAttributes {
  readonly pooled_shape: readonly number[];
  readonly spatial_scale?: number;
}
interface MaxUnpoolAttributes {
  readonly kernel_shape: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
}
interface MelWeightMatrixAttributes {
  readonly output_datatype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8';
}
interface ModAttributes {
  readonly fmod?: number;
}
interface MultinomialAttributes {
  readonly dtype?: 'int32' | 'int64';
  readonly sample_size?: number;
  readonly seed?: number;
}
interface NonMaxSuppressionAttributes {
  readonly center_point_box?: number;
}
interface OneHotAttributes {
  readonly axis?: number;
}
interface OptionalAttributes {
  readonly type?: string;
}
interface PadAttributes {
  readonly mode?: 'constant' | 'reflect' | 'edge' | 'wrap';
}
interface QuantizeLinearAttributes {
  readonly axis?: number;
  readonly block_size?: number;
  readonly output_dtype?: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint4' | 'int4' | 'uint2' | 'int2' | 'float8e4m3fn' | 'float8e4m3fnuz' | 'float8e5m2' | 'float8e5m2fnuz' | 'float4e2m1';
  readonly precision?: 'float32' | 'float16' | 'bfloat16';
  readonly saturate?: number;
}
interface RMSNormalizationAttributes {
  readonly axis?: number;
  readonly epsilon?: number;
  readonly stash_type?: number;
}
interface RNNAttributes {
  readonly activations?: readonly string[];
  readonly activation_alpha?: readonly number[];
  readonly activation_beta?: readonly number[];
  readonly clip?: number;
  readonly direction?: 'forward' | 'reverse' | 'bidirectional';
  readonly hidden_size?: number;
  readonly layout?: number;
}
interface RandomNormalAttributes {
  readonly mean?: number;
  readonly scale?: number;
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64';
  readonly shape: readonly number[];
  readonly seed?: number;
}
interface RandomNormalLikeAttributes {
  readonly mean?: number;
  readonly scale?: number;
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64';
  readonly seed?: number;
}
interface RandomUniformAttributes {
  readonly low?: number;
  readonly high?: number;
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64';
  readonly shape: readonly number[];
  readonly seed?: number;
}
interface RandomUniformLikeAttributes {
  readonly low?: number;
  readonly high?: number;
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64';
  readonly seed?: number;
}
interface ReduceL1Attributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceL2Attributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceLogSumAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceLogSumExpAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceMaxAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceMeanAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceMinAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceProdAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceSumAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface ReduceSumSquareAttributes {
  readonly keepdims?: number;
  readonly noop_with_empty_axes?: number;
}
interface RegexFullMatchAttributes {
  readonly pattern: string;
}
interface ReshapeAttributes {
  readonly allowzero?: number;
}
interface ResizeAttributes {
  readonly mode?: 'nearest' | 'linear' | 'cubic';
  readonly coordinate_transformation_mode?: 'half_pixel' | 'half_pixel_symmetric' | 'pytorch_half_pixel' | 'align_corners' | 'asymmetric' | 'tf_crop_and_resize';
  readonly nearest_mode?: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';
  readonly antialias?: number;
  readonly axes?: readonly number[];
  readonly cubic_coeff_a?: number;
  readonly exclude_outside?: number;
  readonly extrapolation_value?: number;
  readonly keep_aspect_ratio_policy?: 'stretch' | 'not_larger' | 'not_smaller';
}
interface ReverseSequenceAttributes {
  readonly batch_axis?: number;
  readonly time_axis?: number;
}
interface RoiAlignAttributes {
  readonly coordinate_transformation_mode?: 'half_pixel' | 'output_half_pixel';
  readonly mode?: 'avg' | 'max';
  readonly output_height?: number;
  readonly output_width?: number;
  readonly sampling_ratio?: number;
  readonly spatial_scale?: number;
}
interface RotaryEmbeddingAttributes {
  readonly interleaved?: number;
  readonly num_heads?: number;
  readonly rotary_embedding_dim?: number;
}
interface STFTAttributes {
  readonly onesided?: number;
}
interface ScatterElementsAttributes {
  readonly axis?: number;
  readonly reduction?: 'none' | 'add' | 'mul' | 'max' | 'min';
}
interface ScatterNDAttributes {
  readonly reduction?: 'none' | 'add' | 'mul' | 'max' | 'min';
}
interface SeluAttributes {
  readonly alpha?: number;
  readonly gamma?: number;
}
interface SequenceEmptyAttributes {
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint64' | 'uint32' | 'uint16' | 'uint8' | 'bool' | 'string' | 'float8e4m3fn' | 'float8e4m3fnuz' | 'float8e5m2' | 'float8e5m2fnuz' | 'float8e8m0' | 'float4e2m1' | 'int4' | 'uint4' | 'int2' | 'uint2' | 'complex64' | 'complex128' | 'sequence' | 'optional';
}
interface ShapeAttributes {
  readonly start?: number;
  readonly end?: number;
}
interface ShrinkAttributes {
  readonly lambd?: number;
  readonly bias?: number;
}
interface SoftmaxAttributes {
  readonly axis?: number;
}
interface SpaceToDepthAttributes {
  readonly blocksize: number;
}
interface SplitAttributes {
  readonly axis?: number;
  readonly num_outputs?: number;
}
interface SplitToSequenceAttributes {
  readonly axis?: number;
  readonly keepdims?: number;
}
interface StringNormalizerAttributes {
  readonly case_change_action?: 'NONE' | 'LOWER' | 'UPPER';
  readonly is_case_sensitive?: number;
  readonly locale?: string;
  readonly stopwords?: readonly string[];
}
interface StringSplitAttributes {
  readonly delimiter?: string;
  readonly maxsplit?: number;
}
interface SwiGLUAttributes {
  readonly alpha?: number;
}
interface SwishAttributes {
  readonly alpha?: number;
}
interface TensorScatterAttributes {
  readonly axis?: number;
  readonly mode?: 'linear' | 'circular';
}
interface TfIdfVectorizerAttributes {
  readonly max_gram_length: number;
  readonly max_skip_count: number;
  readonly min_gram_length: number;
  readonly mode: 'TF' | 'IDF' | 'TFIDF';
  readonly ngram_counts: readonly number[];
  readonly ngram_indexes: readonly number[];
  readonly pool_int64s?: readonly number[];
  readonly pool_strings?: readonly string[];
  readonly weights?: readonly number[];
}
interface ThresholdedReluAttributes {
  readonly alpha?: number;
}
interface TopKAttributes {
  readonly axis?: number;
  readonly largest?: number;
  readonly sorted?: number;
}
interface TransposeAttributes {
  readonly perm?: readonly number[];
}
interface TriluAttributes {
  readonly upper?: number;
}
interface UniqueAttributes {
  readonly axis?: number;
  readonly sorted?: number;
}
