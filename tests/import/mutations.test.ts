// Models that are changed where it hurts, through the whole chain: import, reference, optimization, code generation.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '@trtx/codegen';
import { isTrtxError } from '@trtx/errors';
import { arrayType, elementCount, type Graph, lanesOf, specialize, type Tensor } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { optimize } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import {
  decodeModel,
  decodeTensor,
  encodeModel,
  joinParts,
  type TensorProto,
} from '../../packages/onnx/src/wire/index.ts';
import { hasShared, SHARED } from '../support/models.ts';
import { generator, mutate } from './mutations.ts';

/** Every so many cases are taken, from another one on in each run with another seed. */
const EVERY = 4;
const SEED = Number(process.env.TRTX_SEED ?? 1);

/** Codes that tell of a fault of ours and not of the model's. */
const OURS = new Set(['VERIFY', 'PASS_FAILED', 'PASS_VERIFY', 'PASS_LIMIT', 'REFERENCE', 'CODEGEN', 'SYMBOL_UNBOUND']);

/** Does a step; errors that a model may cause end it. */
async function tolerant(step: () => unknown): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    if (!isTrtxError(error) || OURS.has(error.code)) throw error;
    return false;
  }
}

/** Zeros for the inputs; undefined where they would be large, or are no tensors, or a loop may have no end. */
function zeros(graph: Graph): Map<string, Tensor> | undefined {
  const feeds = new Map<string, Tensor>();
  if ([...graph.nodes].some(({ bodies }) => bodies.length > 0)) return undefined;
  for (const { name, type } of graph.inputs) {
    const { dtype } = type;
    const dims = type.shape.map((dim) => (typeof dim === 'number' ? dim : 2));
    if (dtype === 'sequence' || dtype === 'optional' || elementCount(dims) > 1e5) return undefined;
    const count = elementCount(dims);
    const data =
      dtype === 'string' ? new Array<string>(count).fill('a b') : new (arrayType(dtype))(count * lanesOf(dtype));
    feeds.set(name, { dtype, dims, data });
  }
  return feeds;
}

async function throughTheChain(bytes: Uint8Array): Promise<void> {
  let graph: Graph | undefined;
  await tolerant(async () => {
    graph = (await importModel(bytes)).graph;
  });
  if (!graph) return;
  const feeds = zeros(graph);
  if (feeds) await tolerant(() => new ReferenceRunner(graph!).run(feeds));
  const sizes = graph.inputs.map(({ name, type }) => {
    return [name, type.shape.map((dim) => (typeof dim === 'number' ? null : { min: 1, max: 64 }))] as const;
  });
  await tolerant(() => specialize(graph!, Object.fromEntries(sizes)));
  optimize(graph, { verify: true });
  await tolerant(() => {
    for (const blob of compile(graph!).blobs) blob();
  });
}

const cases = join(SHARED, 'onnx-backend-tests', 'node');

describe.skipIf(!hasShared || !existsSync(cases))('changed models', () => {
  it('end in an engine or in a TrtxError', async () => {
    const random = generator(SEED);
    let slowest = 0;
    const names = readdirSync(cases).filter((_, i) => i % EVERY === SEED % EVERY);
    expect(names.length).toBeGreaterThan(300);
    for (const name of names) {
      const model = decodeModel(new Uint8Array(readFileSync(join(cases, name, 'model.onnx'))));
      const values = new Map<string, TensorProto>();
      model.graph!.input.forEach((input, i) => {
        const file = join(cases, name, 'test_data_set_0', `input_${i}.pb`);
        if (input.type?.tensor_type && existsSync(file))
          values.set(input.name!, decodeTensor(new Uint8Array(readFileSync(file))));
      });
      const changes = [mutate(model.graph!, values, random), mutate(model.graph!, values, random)];
      const start = performance.now();
      await throughTheChain(joinParts(encodeModel(model))).catch((error: unknown) => {
        throw new Error(`${name}: ${changes.join(', ')}`, { cause: error });
      });
      slowest = Math.max(slowest, performance.now() - start);
    }
    expect(slowest).toBeLessThan(10_000);
  });
});
