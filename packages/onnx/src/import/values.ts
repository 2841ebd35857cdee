// Values of the graph by their names in the file.

import type { Graph, Value } from '@trtx/ir';
import { modelError } from '../source/error.ts';
import { type AnyTensorProto, readAnyTensor } from '../source/sparse.ts';
import type { ExternalData } from '../source/tensor.ts';

/** Initializers become constants when they are first read, so that those nobody reads are not in the graph. */
export class Values {
  readonly #values = new Map<string, Value>();

  constructor(
    private readonly graph: Graph,
    private readonly initializers: ReadonlyMap<string, AnyTensorProto>,
    private readonly external: ExternalData,
    /** Those around these, for names that are not here. */
    private readonly around?: Values,
  ) {}

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  /**
   * The value of the name.
   * @throws TrtxError ONNX_MODEL where there is none, or as `readAnyTensor`
   */
  get(name: string): Value {
    const known = this.#values.get(name);
    if (known) return known;
    const tensor = this.initializers.get(name);
    if (!tensor && this.around) return this.around.get(name);
    if (!tensor) throw modelError('the value is given nowhere', { tensor: name });
    const value = this.graph.addConstant(readAnyTensor(tensor, this.external), name);
    this.#values.set(name, value);
    return value;
  }

  /** The value of the name where the graph has it already. */
  find(name: string): Value | undefined {
    return this.#values.get(name);
  }
}
