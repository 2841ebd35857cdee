// What plugins add to a build, and what they may not ask of a run.

import type { Kernel } from '@trtx/codegen';
import type { Plan } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import type { OptimizeOptions } from '@trtx/passes';
import type { Extensions, Plugin } from '@trtx/plugin';
import type { ReferenceKernels } from '@trtx/reference';

/** What of the options of a build plugins add to. */
interface Extended {
  readonly level?: OptimizeOptions['level'];
  readonly passes?: Omit<OptimizeOptions, 'level'>;
  readonly kernels?: readonly Kernel[];
  readonly plugins?: readonly Plugin[];
}

/** The options of the passes. Those that are given go before what plugins add. */
export function optimizeOptions(
  { level = 2, passes }: Extended,
  { ops, pipeline, reference }: Extensions,
): OptimizeOptions {
  return { ops, kernels: reference, pipeline: pipeline(level), ...passes, level };
}

/** The kernels of the CPU: those that are given, or those of @trtx, and those of plugins. */
export function referenceFor(
  { hostKernels, plugins = [] }: Extended & { readonly hostKernels?: ReferenceKernels },
  all: Extensions,
): ReferenceKernels {
  return hostKernels ? hostKernels.with(plugins.flatMap(({ reference = [] }) => reference)) : all.reference;
}

export function kernelsFor({ kernels, plugins = [] }: Extended, all: Extensions): readonly Kernel[] {
  return kernels ? [...kernels, ...plugins.flatMap((plugin) => plugin.kernels ?? [])] : all.kernels;
}

/**
 * An engine runs without plugins, so the host has no functions for their ops.
 * @throws TrtxError PLUGIN_ON_HOST with all nodes of such ops that the plan has on the host at run time
 */
export function refuseHosted({ hostNodes }: Plan, { ownerOf }: Extensions): void {
  const hosted = hostNodes.flatMap(({ node, op, reason, step }) => {
    const plugin = step === undefined ? undefined : ownerOf(op);
    return plugin ? [{ node: `${node} (${op})`, text: `${node} (${op} of ${plugin.name}): ${reason}` }] : [];
  });
  if (hosted.length === 0) return;
  throw new TrtxError('PLUGIN_ON_HOST', `${hosted.length} node(s) of plugins would have to run on the host`, {
    node: hosted[0]!.node,
    details: hosted.map(({ text }) => text),
    hint: 'Give the plugin a kernel that applies to these types and shapes: an engine runs without its plugins.',
  });
}
