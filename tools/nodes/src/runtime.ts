// What ONNX Runtime writes as its optimized model.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { countFile, type OpCounts } from './count.ts';

/** Nodes of the file that ONNX Runtime's optimizer writes; undefined where it does not take the model. */
export async function countRuntime(path: string, level: 'basic' | 'extended'): Promise<OpCounts | undefined> {
  const dir = mkdtempSync(join(tmpdir(), 'trtx-nodes-'));
  try {
    const optimizedModelFilePath = join(dir, 'model.onnx');
    const session = await InferenceSession.create(path, {
      graphOptimizationLevel: level,
      optimizedModelFilePath,
      logSeverityLevel: 4,
    });
    await session.release();
    return countFile(optimizedModelFilePath);
  } catch {
    return undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
