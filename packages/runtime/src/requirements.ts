// Whether a device can run a plan, told before anything is made on it.
import { dispatchesOf, type Plan, type PlanMatrix } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import type { SubgroupInfo } from './device.ts';

interface Described {
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, unknown>>;
  readonly adapterInfo?: SubgroupInfo;
}

/** Throws `DEVICE_UNSUITABLE` with everything that the device lacks, for whichever plan. */
export function checkDevice(plans: readonly Plan[], device: GPUDevice): void {
  const { features, limits, adapterInfo = {} } = device as unknown as Described;
  const { subgroupMatrixConfigs = [] } = adapterInfo;
  const lacking = plans.flatMap(({ requires }) => [
    ...requires.features.filter((name) => !features.has(name)).map((name) => `feature ${quote(name)}`),
    ...(requires.matrices ?? [])
      .filter((matrix) => !subgroupMatrixConfigs.some(isLike(matrix)))
      .map((matrix) => `subgroup matrix ${quote(JSON.stringify(matrix))}`),
  ]);
  const needed = new Map<string, number>();
  for (const plan of plans) addLimits(plan, needed);
  for (const [name, need] of needed) {
    // Of what is none there is no number.
    const has = Number(limits[name] ?? adapterInfo[name as keyof SubgroupInfo]);
    if (isAtMost(name) ? has <= need : has >= need) continue;
    lacking.push(`${quote(name)} of ${need}, the device has ${has || 'none'}`);
  }
  if (lacking.length > 0) {
    throw new TrtxError('DEVICE_UNSUITABLE', 'the device lacks what the engine was built for', {
      details: [...new Set(lacking)],
      hint: 'ask the adapter for these, or build the engine for this device',
    });
  }
}

/** What tells whether a matrix of the device, whose fields are getters, is the one that is wanted. */
function isLike(wanted: PlanMatrix): (it: PlanMatrix) => boolean {
  return (it) => Object.entries(wanted).every(([name, value]) => it[name as keyof PlanMatrix] === value);
}

/** True for what is better when it is smaller: alignments, and `subgroupMaxSize`. */
function isAtMost(name: string): boolean {
  return /^min|Max/.test(name);
}

/** Adds the limits that a plan requires, and those that show in it: a builder may forget one. */
function addLimits(plan: Plan, needed: Map<string, number>): void {
  const need = (name: string, value: number) => {
    const known = needed.get(name) ?? value;
    needed.set(name, isAtMost(name) ? Math.min(value, known) : Math.max(value, known));
  };

  for (const [name, value] of Object.entries(plan.requires.limits)) need(name, value);
  for (const { kind, bytes } of plan.buffers) if (kind !== 'host') need('maxBufferSize', bytes);
  // What is bound as uniform is small: a block of dynamic sizes.
  for (const { layout } of plan.pipelines)
    need('maxStorageBuffersPerShaderStage', layout.filter((kind) => kind !== 'uniform').length);
  for (const { bindings } of dispatchesOf(plan.steps))
    for (const { buffer, offset, size } of bindings)
      need('maxStorageBufferBindingSize', size ?? plan.buffers[buffer]!.bytes - offset);
}
