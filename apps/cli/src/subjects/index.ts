// `--a` and `--b`: which ways to compute the model are compared.

import type { Float16Build } from '@trtx/builder';
import { openBackend } from '@trtx/builder/node';
import { builtSubject, engineSubject, referenceSubject, remembering, type Subject } from '@trtx/debug';
import { readPlan } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type Graph, standardOps } from '@trtx/ir';
import type { Float16Options } from '@trtx/passes';
import { hostOps } from '@trtx/reference';
import { Engine } from '@trtx/runtime';
import { type DeviceFeatures, fileSource, type NodeDevice } from '@trtx/runtime/node';
import type { ComparedModel } from '../comparing.ts';
import { USUAL_FEATURES } from '../device-features.ts';
import { hostOpsOf } from '../executable.ts';
import { isEngineFile } from '../model.ts';
import type { Session } from '../session.ts';
import { openOrtSubject } from './ort.ts';

export interface SubjectsOptions {
  /** Of the adapter; `USUAL_FEATURES` where it says nothing. */
  readonly features?: DeviceFeatures;
  readonly level: 0 | 1 | 2 | 3;
  /** What `webgpu` makes float16. */
  readonly fp16?: Float16Options;
  /** What ONNX Runtime is given the model in. */
  readonly opset: number;
}

export interface OpenedSubject {
  /** Computes once, and remembers that. */
  readonly subject: Subject;
  /** Of an engine that was built here: the graph as passes left it. */
  readonly optimized?: Graph;
  /** What `fp16` did to it, where it was asked for. */
  readonly float16?: Float16Build;
}

/**
 * Opens subjects by name, hands them over, and closes them and the device that they share.
 * @param names `webgpu`, `reference`, `ort`, or an engine file; see `requireSubject`
 * @throws TrtxError NO_ADAPTER, PACKAGE_MISSING, and as `build` and `Engine.load`
 */
export async function withSubjects<T>(
  names: readonly string[],
  model: ComparedModel,
  options: SubjectsOptions,
  session: Session,
  use: (subjects: readonly OpenedSubject[]) => Promise<T>,
): Promise<T> {
  const needsDevice = names.some((name) => !['reference', 'ort'].includes(name));
  const { features = USUAL_FEATURES } = options;
  const backend = needsDevice ? await openBackend('webgpu', { features, logger: session.log }) : undefined;
  if (backend) session.useAdapter(backend.description);
  const opened: OpenedSubject[] = [];
  try {
    for (const name of names) opened.push(await openSubject(name, model, options, backend?.gpu, session));
    return await use(opened);
  } finally {
    for (const { subject } of opened) await subject.dispose?.();
    backend?.release();
  }
}

/** @throws TrtxError USAGE where the name is none of them, FILE_READ where there is no such engine file */
export async function requireSubject(name: string): Promise<void> {
  if (['webgpu', 'reference', 'ort'].includes(name)) return;
  if (name.endsWith('.trtx') ? await isEngineFile(name) : await isEngineFile(name).catch(() => false)) return;
  throw new TrtxError('USAGE', `${name} is no way to compute a model`, {
    hint: 'It is webgpu, reference, ort, or an engine file.',
  });
}

async function openSubject(
  name: string,
  model: ComparedModel,
  { level, opset, fp16 }: SubjectsOptions,
  gpu: NodeDevice | undefined,
  session: Session,
): Promise<OpenedSubject> {
  const { graph, plugins, kernels, profile } = model;
  if (name === 'reference') return { subject: remembering(referenceSubject(graph, { kernels })) };
  if (name === 'ort') return { subject: remembering(await openOrtSubject(graph, opset)) };
  const { device, isFallback } = gpu!;
  if (name !== 'webgpu') return { subject: remembering(await openEngine(name, device)) };
  let float16: Float16Build | undefined;
  const built = await builtSubject(graph, {
    device,
    software: isFallback,
    hostOps: hostOps(standardOps, kernels),
    level,
    fp16,
    onFloat16: (report) => {
      float16 = report;
    },
    plugins,
    profile,
    logger: session.log,
    onProgress: ({ stage, done, total, label }) => session.progress.show(stage, done, total, label),
  });
  return { subject: remembering(built), optimized: built.optimized, ...(float16 ? { float16 } : {}) };
}

async function openEngine(file: string, device: GPUDevice): Promise<Subject> {
  const source = await fileSource(file);
  try {
    const engine = await Engine.load(source, { device, hostOps: await hostOpsOf(await readPlan(source)) });
    return { ...engineSubject(engine, { name: file }), dispose: () => engine.dispose() };
  } finally {
    await source.close();
  }
}
