// MobileNetV2 as a list of layers with random weights, for files of several formats to be written of one network. Layers:
// Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks (2018), table 2; batch normalization is in the
// weights, as converters leave it.

export interface NetworkOptions {
  /** Height and width of the input, a multiple of 32. */
  readonly size: number;
  /** What the numbers of channels are multiplied by. */
  readonly width: number;
}

interface Common {
  /** Of the tensor that the layer gives too. */
  readonly name: string;
  /** Names of the tensors that it reads. */
  readonly inputs: readonly string[];
}

export interface Weighted extends Common {
  /** `convolution` and `depthwise`: padded so that the output is ⌈size ÷ stride⌉ wide, the odd row behind. `dense`: a product. */
  readonly kind: 'convolution' | 'depthwise' | 'dense';
  readonly kernel: number;
  readonly stride: number;
  /** Input channels by output channels; of `depthwise` they are the same, each with its own. */
  readonly channels: readonly [number, number];
  /** kernel × kernel × input channels × output channels (× 1 of `depthwise`), row-major. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  /** Whether the result is limited to 0 to 6. */
  readonly relu6: boolean;
}

/** The sum of two tensors. */
interface Sum extends Common {
  readonly kind: 'add';
}

/** The mean over height and width. */
interface Mean extends Common {
  readonly kind: 'mean';
}

export type Layer = Weighted | Sum | Mean;

export interface Network extends NetworkOptions {
  /** The name of the input, 3 channels. */
  readonly input: string;
  /** In the order of the data; the last one gives the output, 1000 numbers. */
  readonly layers: readonly Layer[];
}

/** Expansion, channels, how often, stride of the first. */
const BLOCKS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const CLASSES = 1000;

export function mobileNet({ size, width }: NetworkOptions): Network {
  const random = randomNumbers();
  const layers: Layer[] = [];
  const scaled = (channels: number) => Math.max(8, Math.round((channels * width) / 8) * 8);
  const weighted = (
    kind: Weighted['kind'],
    from: string,
    [inputs, outputs]: readonly [number, number],
    { kernel = 1, stride = 1, relu6 = true } = {},
  ) => {
    const name = `${kind}_${layers.length}`;
    const count = kernel * kernel * (kind === 'depthwise' ? 1 : inputs);
    // So that what comes out is about as large as what goes in.
    const scale = Math.sqrt(6 / count);
    const weights = random(count * outputs, scale);
    layers.push({
      ...{ name, kind, inputs: [from], kernel, stride, channels: [inputs, outputs] },
      ...{ weights, bias: random(outputs, 0.1), relu6 },
    });
    return name;
  };
  const input = 'image';
  let channels = scaled(32);
  let x = weighted('convolution', input, [3, channels], { kernel: 3, stride: 2 });
  for (const [expansion, wanted, count, first] of BLOCKS)
    for (let i = 0; i < count; i++) {
      const [outputs, inner] = [scaled(wanted), channels * expansion];
      const stride = i === 0 ? first : 1;
      const wide = expansion === 1 ? x : weighted('convolution', x, [channels, inner]);
      const filtered = weighted('depthwise', wide, [inner, inner], { kernel: 3, stride });
      const narrow = weighted('convolution', filtered, [inner, outputs], { relu6: false });
      const isResidual = stride === 1 && channels === outputs;
      if (isResidual) layers.push({ kind: 'add', name: `add_${layers.length}`, inputs: [x, narrow] });
      x = layers.at(-1)!.name;
      channels = outputs;
    }
  const last = Math.max(1280, scaled(1280));
  x = weighted('convolution', x, [channels, last]);
  layers.push({ kind: 'mean', name: 'mean', inputs: [x] });
  weighted('dense', 'mean', [last, CLASSES], { relu6: false });
  return { size, width, input, layers };
}

/** Numbers between −`scale` and `scale`, the same in every process (MINSTD). */
function randomNumbers(): (count: number, scale: number) => Float32Array {
  let state = 1;
  return (count, scale) =>
    Float32Array.from({ length: count }, () => {
      state = (state * 48271) % 2147483647;
      return (state / 2147483647 - 0.5) * 2 * scale;
    });
}
