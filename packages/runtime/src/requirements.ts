// Whether a device can run a plan, told before anything is made on it.
import { dispatchesOf, type Plan } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';

/** Throws `DEVICE_UNSUITABLE` with everything that the device lacks, for whichever plan. */
export function checkDevice(plans: readonly Plan[], device: GPUDevice): void {
  const limits = device.limits as unknown as Readonly<Record<string, unknown>>;
  const lacking = [...new Set(plans.flatMap(({ requires }) => requires.features))]
    .filter((feature) => !device.features.has(feature))
    .map((feature) => `feature ${quote(feature)}`);
  const needed = new Map<string, number>();
  for (const plan of plans) addLimits(plan, needed);
  for (const [name, need] of needed) {
    const has = limits[name];
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

/** Adds the limits that a plan requires, and those that show in it: a builder may forget one. */
function addLimits(plan: Plan, needed: Map<string, number>): void {
  const need = (name: string, value: number) => {
    const known = needed.get(name) ?? value;
    // An alignment is a limit that is better when it is smaller.
    needed.set(name, name.startsWith('min') ? Math.min(value, known) : Math.max(value, known));
  };

  for (const [name, value] of Object.entries(plan.requires.limits)) need(name, value);
  for (const { kind, bytes } of plan.buffers) if (kind !== 'host') need('maxBufferSize', bytes);
  for (const { layout } of plan.pipelines) {
    const uniforms = layout.filter((kind) => kind === 'uniform').length;
    need('maxUniformBuffersPerShaderStage', uniforms);
    need('maxStorageBuffersPerShaderStage', layout.length - uniforms);
  }
  for (const { pipeline, bindings } of dispatchesOf(plan.steps)) {
    for (const [i, { buffer, offset, size }] of bindings.entries()) {
      const uniform = plan.pipelines[pipeline]!.layout[i] === 'uniform';
      const bytes = size ?? plan.buffers[buffer]!.bytes - offset;
      need(uniform ? 'maxUniformBufferBindingSize' : 'maxStorageBufferBindingSize', bytes);
    }
  }
}
