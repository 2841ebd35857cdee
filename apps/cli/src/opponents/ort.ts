// What both packages of ONNX Runtime have in common: sessions, and tensors in their form.

import type { DType, Tensor, Tensors } from '@trtx/ir';
import { guarded, type Opponent } from './opponent.ts';

/** Of the API of `onnxruntime-common`, what is used here. */
export interface OrtModule {
  readonly InferenceSession: {
    create(model: string | Uint8Array, options: object): Promise<OrtSession>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
  readonly env: { readonly versions: { readonly common: string } };
}

interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

interface OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** Errors of the session are `OPPONENT`. */
export async function ortOpponent(
  ort: OrtModule,
  { name, model, options }: { readonly name: string; readonly model: string | Uint8Array; readonly options: object },
): Promise<Opponent> {
  const session = await guarded(name, () => ort.InferenceSession.create(model, { logSeverityLevel: 3, ...options }));
  return {
    name,
    async run(inputs) {
      const feeds = Object.fromEntries(
        [...inputs].map(([input, { dtype, dims, data }]) => [input, new ort.Tensor(dtype, data, dims)]),
      );
      const outputs = await guarded(name, () => session.run(feeds));
      return new Map(
        Object.entries(outputs).map(([output, { type, dims, data }]): [string, Tensor] => {
          return [output, { dtype: type as DType, dims: [...dims], data: data as Tensor['data'] }];
        }),
      ) as Tensors;
    },
    release: () => session.release(),
  };
}
