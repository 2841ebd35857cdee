// Scores of a case, one variant of its model after another.

import { exportModel } from '@trtx/onnx';
import { ortRunner } from '../../../tests/support/ort.ts';
import type { Case } from './case.ts';
import { variantsOf } from './variants.ts';

export interface Row {
  readonly variant: string;
  readonly score: number;
  /** Of all constants, and as a share of those in float32. */
  readonly bytes: number;
  readonly share: number;
  /** The least SQNR of a layer, in decibels, where layers were compared. */
  readonly worstSqnrDb?: number;
}

/** Scores each variant's exported model on onnxruntime-node, with its optimizations. */
export async function scoreCase(
  test: Case,
  { limit, onRow }: { limit?: number; onRow?: (row: Row) => void } = {},
): Promise<Row[]> {
  const { count, samples } = test.calibration;
  const rows: Row[] = [];
  for await (const { name, graph, bytes, report } of variantsOf(await test.graph(), samples, count)) {
    const runner = await ortRunner(exportModel(graph), 'all');
    const score = await test.score(runner, limit);
    await runner.dispose?.();
    const layers = (report?.layers ?? []).flatMap(({ sqnrDb }) => sqnrDb ?? []);
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
