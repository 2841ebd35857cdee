// Loading with a stopwatch.
import { Engine, type LoadOptions, type LoadSource } from '@trtx/runtime';
import type { LoadTimes } from './report.ts';

/** As `Engine.load`, and how long it took. Throws the same. */
export async function loadTimed(
  source: LoadSource,
  options: LoadOptions,
): Promise<{ engine: Engine; times: LoadTimes }> {
  const start = performance.now();
  const stages: Partial<Record<'weights' | 'pipelines', number>> = {};
  const engine = await Engine.load(source, {
    ...options,
    onProgress(progress) {
      stages[progress.stage] = performance.now() - start;
      options.onProgress?.(progress);
    },
  });
  const { weights, pipelines } = stages;
  const times = {
    totalMs: performance.now() - start,
    ...(weights === undefined ? {} : { weightsMs: weights }),
    ...(pipelines === undefined ? {} : { pipelinesMs: pipelines }),
  };
  return { engine, times };
}
