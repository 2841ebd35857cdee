// Scores of a case, one variant of its model after another.

import type { Tensors } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { compareLayers, type Samples } from '@trtx/quantizer';
import { ortRunner } from '../../../tests/support/ort.ts';
import type { Case } from './case.ts';
import { variantsOf } from './variants.ts';

export interface Row {
  readonly variant: string;
  readonly score: number;
  /** Of all constants, and as a share of those in float32. */
  readonly bytes: number;
  readonly share: number;
  /** The least SQNR of a layer beside float32, in decibels; of float32 itself there is none. */
  readonly worstSqnrDb?: number;
}

/** So many samples are enough to tell how far layers are from float32. */
const COMPARED = 4;

/** Scores each variant's exported model on onnxruntime-node, with its optimizations. */
export async function scoreCase(
  test: Case,
  { limit, onRow }: { limit?: number; onRow?: (row: Row) => void } = {},
): Promise<Row[]> {
  const { count, samples } = test.calibration;
  const rows: Row[] = [];
  const float32 = await test.graph();
  const first = await firstOf(samples(), COMPARED);
  for await (const { name, graph, bytes } of variantsOf(float32, samples, count)) {
    const runner = await ortRunner(exportModel(graph), 'all');
    const score = await test.score(runner, limit);
    await runner.dispose?.();
    const layers = (await compareLayers(float32, graph, first)).flatMap(({ sqnrDb }) => sqnrDb ?? []);
    const row = {
      variant: name,
      score,
      bytes,
      share: bytes / (rows[0]?.bytes ?? bytes),
      ...(layers.length > 0 && { worstSqnrDb: Math.min(...layers) }),
    };
    rows.push(row);
    onRow?.(row);
  }
  return rows;
}

async function firstOf(samples: Samples, count: number): Promise<Tensors[]> {
  const first: Tensors[] = [];
  for await (const sample of samples) if (first.push(sample) >= count) break;
  return first;
}
