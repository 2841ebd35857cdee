// The whole chain in tests: a model file to a runner, on the adapter that the tests run under.

import { buildPlan, EngineRunner, targetOf } from '@trtx/builder';
import type { Plan } from '@trtx/engine';
import { type Profile, parseProfile } from '@trtx/ir';
import type { ImportOptions } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { type DeviceOffer, type NodeDevice, requestNodeDevice } from '@trtx/runtime/node';

let shared: NodeDevice | undefined;

/** The device of this test process: with all that the adapter offers, or with the minimum where TRTX_DEVICE says so. */
export async function testDevice(): Promise<NodeDevice> {
  shared ??= (await requestNodeDevice({ offer: process.env.TRTX_DEVICE as DeviceOffer | undefined })) ?? undefined;
  if (!shared) throw new Error('these tests need a WebGPU adapter: run them by `npm run vitest`');
  return shared;
}

/** Builds a model file for the test device, or for a wrapping of it; `constants` are inputs that are known at build. */
export async function engineRunner(
  model: string,
  profile?: Profile | string,
  device?: GPUDevice,
  constants?: ImportOptions['constants'],
): Promise<EngineRunner> {
  const gpu = await testDevice();
  const shapes = typeof profile === 'string' ? parseProfile(profile) : profile;
  const { graph } = await importFile(model, { constants, profile: shapes });
  return EngineRunner.create(graph, { device: device ?? gpu.device, software: gpu.isFallback });
}

/** The plan of a model file for the test device; nothing is made on it. */
export async function planOf(model: string, profile?: string): Promise<Plan> {
  const gpu = await testDevice();
  const { graph } = await importFile(model, { profile: profile ? parseProfile(profile) : undefined });
  return buildPlan(graph, { target: targetOf(gpu.device, gpu.isFallback) }).plan;
}
