// From a source of bytes to an engine on a device: pipelines compile while weights arrive.
import type { OpenEngine } from '@trtx/engine';
import { type Logger, quote } from '@trtx/errors';
import { allocate } from './allocate.ts';
import { compilePipelines } from './pipelines.ts';
import type { Program } from './program.ts';
import type { LoadProgress } from './progress.ts';
import { checkDevice } from './requirements.ts';
import { Residency } from './residency.ts';
import { settle } from './scope.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './usage.ts';
import { uploadWeights } from './weights.ts';

/** What is made of an engine, and who is told of it. */
export interface ResidencyOptions {
  readonly device: GPUDevice;
  /** Called as weights arrive and pipelines are compiled. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Takes records of what is chosen and made, at load and later. Without one nothing is told. */
  readonly logger?: Logger | undefined;
}

/** Makes everything that contexts share. On an error nothing is left on the device. */
export async function makeResidency(
  engine: OpenEngine,
  programs: readonly Program[],
  { device, logger = () => {}, onProgress = () => {} }: ResidencyOptions,
): Promise<Residency> {
  const start = performance.now();
  checkDevice(
    programs.map(({ plan }) => plan),
    device,
  );
  const residency = new Residency(device, programs, logger);
  try {
    const { buffers } = engine.plan;
    const weights = [...buffers.keys()].filter((i) => buffers[i]!.kind === 'weights');
    for (const [i, { kind, bytes }] of buffers.entries()) {
      if (kind === 'host') residency.constants.set(i, new Uint8Array(bytes));
    }
    const usage = STORAGE | COPY_DST | COPY_SRC;
    const requests = weights.map((i) => ({ label: `trtx weights ${i}`, bytes: buffers[i]!.bytes, usage }));
    for (const [k, buffer] of (await allocate(residency, requests)).entries()) residency.buffers[weights[k]!] = buffer;
    const compiling = compilePipelines(residency, onProgress);
    const uploading = uploadWeights(residency, engine, onProgress);
    // Both go on to their end, so that nothing is made any more when an error is reported. Damaged weights come first: they
    // say more than what follows from them.
    const [, pipelines] = await settle([uploading, compiling] as const);
    residency.pipelines = pipelines;
    if (residency.error) throw residency.error;
    for (const { node, op, reason, step } of programs.flatMap(({ plan }) => plan.hostNodes)) {
      if (step !== undefined) logger({ severity: 'warning', message: `${quote(op)} is on the host: ${reason}`, node });
    }
    logger({
      severity: 'info',
      message: `loaded ${engine.plan.name}: ${pipelines.length} pipelines, ${residency.bytesHeld} bytes of weights`,
      ms: performance.now() - start,
    });
    return residency;
  } catch (cause) {
    const error = await residency.explain(cause, 'loading');
    residency.destroy();
    residency.end(error);
    throw error;
  }
}
