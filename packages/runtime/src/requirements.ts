// Whether a device can run a plan, told before anything is made on it.
import { type Plan, walkSteps } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';

/** Throws `DEVICE_UNSUITABLE` with everything that the device lacks. */
export function checkDevice(plan: Plan, device: GPUDevice): void {
  const limits = device.limits as unknown as Readonly<Record<string, unknown>>;
  const lacking = plan.requires.features
    .filter((feature) => !device.features.has(feature))
    .map((feature) => `feature ${quote(feature)}`);
  for (const [name, need] of neededLimits(plan)) {
    const has = limits[name];
    // An alignment is a limit that is better when it is smaller.
    if (typeof has === 'number' && (name.startsWith('min') ? has <= need : has >= need)) continue;
    lacking.push(`${quote(name)} of ${need}, the device has ${typeof has === 'number' ? has : 'no such limit'}`);
  }
  if (lacking.length > 0) {
    throw new TrtxError('DEVICE_UNSUITABLE', 'the device lacks what the engine was built for', {
      details: lacking,
      hint: 'ask the adapter for these features and limits, or build the engine for this device or as a portable one',
    });
  }
}

/** The limits that the plan requires, and those that show in it: a builder may forget one. */
function neededLimits(plan: Plan): Map<string, number> {
  const needed = new Map(Object.entries(plan.requires.limits));
  const need = (name: string, value: number) => needed.set(name, Math.max(value, needed.get(name) ?? 0));

  for (const { kind, bytes } of plan.buffers) if (kind !== 'host') need('maxBufferSize', bytes);
  for (const { layout } of plan.pipelines) {
    const uniforms = layout.filter((kind) => kind === 'uniform').length;
    need('maxUniformBuffersPerShaderStage', uniforms);
    need('maxStorageBuffersPerShaderStage', layout.length - uniforms);
  }
  for (const step of walkSteps(plan.steps)) {
    if (step.kind !== 'dispatches') continue;
    for (const { pipeline, bindings } of step.dispatches) {
      for (const [i, { buffer, offset, size }] of bindings.entries()) {
        const uniform = plan.pipelines[pipeline]!.layout[i] === 'uniform';
        const bytes = size ?? plan.buffers[buffer]!.bytes - offset;
        need(uniform ? 'maxUniformBufferBindingSize' : 'maxStorageBufferBindingSize', bytes);
      }
    }
  }
  return needed;
}
