// Which optional features a device in Node is asked for. Dawn hides some behind toggles, which are flags of its instance.
import { quote, TrtxError } from '@trtx/errors';

/**
 * `default`: what the adapter offers of WebGPU; `experimental`: also what Dawn hides, as far as the adapter has it: subgroup
 * matrices, `shader-f16` where drivers are not trusted with it, timestamps inside passes; `none`: none that shaders use; or
 * the names of those to use, without which there is no device. Timestamps are asked for in any case.
 */
export type DeviceFeatures = 'none' | 'default' | 'experimental' | readonly string[];

/** The toggle that a feature is behind. Some adapters list the feature without it. */
const TOGGLES: Readonly<Record<string, string>> = {
  'shader-f16': 'vulkan_enable_f16_on_nvidia',
  'chromium-experimental-subgroup-matrix': 'allow_unsafe_apis',
  'chromium-experimental-timestamp-query-inside-passes': 'allow_unsafe_apis',
};

const LIST = /^((?:en|dis)able-dawn-features)=(.*)/;

/** Flags for Dawn. Of several of a name it heeds the last alone, so what they list is put together. */
export function dawnFlags(features: DeviceFeatures, flags: readonly string[]): string[] {
  const wanted = typeof features !== 'string' ? features : features === 'experimental' ? Object.keys(TOGGLES) : [];
  const toggles = [...new Set(wanted.flatMap((name) => TOGGLES[name] ?? []))];
  const own = toggles.length > 0 ? [`enable-dawn-features=${toggles}`] : [];
  const lists = new Map<string, string[]>();
  const others = [...own, ...flags].filter((flag) => {
    const [, name, list] = LIST.exec(flag) ?? [];
    if (name) lists.set(name, [...(lists.get(name) ?? []), list!]);
    return !name;
  });
  return [...others, ...[...lists].map(([name, all]) => `${name}=${all}`)];
}

/**
 * The features to ask an adapter for, of those that engines and profilers can use.
 * @throws TrtxError DEVICE_UNSUITABLE with those that are asked for by name and that the adapter lacks
 */
export function featuresOf(
  offered: ReadonlySet<string>,
  usable: readonly string[],
  features: DeviceFeatures,
): string[] {
  const timers = usable.filter((name) => name.includes('timestamp'));
  if (features === 'experimental') return [...usable];
  if (features === 'none') return timers;
  if (features === 'default')
    return usable.filter((name) => timers.includes(name) || !name.startsWith('chromium-experimental'));
  const lacking = features.filter((name) => !offered.has(name));
  if (lacking.length === 0) return [...new Set([...timers, ...features])];
  throw new TrtxError('DEVICE_UNSUITABLE', 'the adapter lacks features that were asked for', {
    details: lacking.map((name) => `feature ${quote(name)}`),
    hint: `engines can use these of the adapter: ${usable.join(', ') || 'none'}`,
  });
}
