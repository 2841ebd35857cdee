// `--device-features`: which of an adapter's optional features are used.

import { type ByteSource, profilesOf, readPlan } from '@trtx/engine';
import type { DeviceFeatures } from '@trtx/runtime/node';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { collectNames } from './command.ts';

export interface DeviceFlags {
  readonly deviceFeatures: DeviceFeatures;
}

const WORDS = ['none', 'default', 'experimental'] as const;

/** What commands use: whatever the adapter has, so that what one builds another one runs. */
export const USUAL_FEATURES: DeviceFeatures = 'experimental';

/** Whether a GPU may leave out its checks of accesses, for an engine that is in bounds by itself. */
export function mayUncheck({ deviceFeatures }: DeviceFlags): boolean {
  return deviceFeatures === 'experimental';
}

/** The same for an engine file. What cannot be read is told by whoever loads it. */
export async function mayUncheckEngine(source: ByteSource, flags: DeviceFlags): Promise<boolean> {
  if (!mayUncheck(flags)) return false;
  return readPlan(source).then(
    (plan) => profilesOf(plan).every(({ inBounds }) => inBounds === true),
    () => false,
  );
}

/** Adds the option of `DeviceFlags` to a command that opens a device. */
export function addDeviceOption(command: Command): Command {
  return command.option(
    '--device-features <which>',
    "the adapter's optional features to use: none, default (those of WebGPU), experimental (also what is behind Dawn's toggles, as far as the adapter has it, and no checks of accesses where an engine is in bounds by itself), or names",
    parseFeatures,
    USUAL_FEATURES,
  );
}

function parseFeatures(text: string): DeviceFeatures {
  const word = WORDS.find((one) => one === text);
  if (word) return word;
  const names = collectNames(text);
  if (names.some((name) => WORDS.some((one) => one === name)))
    throw new InvalidArgumentError(`It is one of ${WORDS.join(', ')}, or names of features.`);
  return names;
}
