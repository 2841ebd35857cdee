// Plugins as what the importer, the passes, the reference and code generation take.

import { type Kernel, standardKernels } from '@trtx/codegen';
import { TrtxError } from '@trtx/errors';
import { type OpRegistry, opName, standardOps } from '@trtx/ir';
import type { ImportOptions, Spellings } from '@trtx/onnx';
import { type Level, type Pass, pipelineWith } from '@trtx/passes';
import { type ReferenceKernels, standardKernels as standardReference } from '@trtx/reference';
import { checkPlugin, type Plugin } from './plugin.ts';

/** All that @trtx has, and what plugins add. */
export interface Extensions {
  readonly ops: OpRegistry;
  readonly kernels: readonly Kernel[];
  readonly reference: ReferenceKernels;
  readonly spellings: Spellings;
  /** The passes of a level. */
  pipeline(level: Level): readonly Pass[];
  /** The plugin that an op is of, by its name as `opName` writes it. */
  ownerOf(op: string): Plugin | undefined;
}

/**
 * What plugins come to together.
 * @throws TrtxError as `definePlugin`; PLUGIN_CONFLICT where two define the same op, kernel or mapping; as `pipelineWith`
 */
export function extensionsOf(plugins: readonly Plugin[] = []): Extensions {
  for (const plugin of plugins) checkPlugin(plugin);
  const ops = ownersOf('the op', plugins, ({ ops = [] }) => ops.map(opName));
  for (const [name, plugin] of ops) if (standardOps.find(name)) throw conflict('the op', name, plugin, '@trtx');
  const kernels = ownersOf('the kernel', plugins, (plugin) => (plugin.kernels ?? []).map(({ id }) => id));
  for (const { id } of standardKernels)
    if (kernels.has(id)) throw conflict('the kernel', id, kernels.get(id)!, '@trtx');
  ownersOf('the mapping of', plugins, (plugin) => spellingsOf(plugin).map(([name]) => name));
  const passes = plugins.flatMap((plugin) => plugin.passes ?? []);
  // Those that are placed at what no level has fail now, not at the first build of a level that has them.
  pipelineWith(3, passes);
  return {
    ops: standardOps.with(plugins.flatMap((plugin) => plugin.ops ?? [])),
    kernels: [...standardKernels, ...plugins.flatMap((plugin) => plugin.kernels ?? [])],
    reference: standardReference.with(plugins.flatMap((plugin) => plugin.reference ?? [])),
    spellings: new Map(plugins.flatMap(spellingsOf)),
    pipeline: (level) => pipelineWith(level, passes),
    ownerOf: (op) => ops.get(op),
  };
}

/**
 * What an import needs to read models with the plugins' ops: `importFile(path, importOptions([plugin]))`.
 * @throws TrtxError as `extensionsOf`
 */
export function importOptions(plugins: readonly Plugin[]): Pick<ImportOptions, 'registry' | 'spellings'> {
  const { ops, spellings } = extensionsOf(plugins);
  return { registry: ops, spellings };
}

function spellingsOf({ onnx = {} }: Plugin) {
  return Object.entries(onnx).flatMap(([domain, ops]) =>
    Object.entries(ops).map(([name, spelling]) => [opName({ domain, name }), spelling] as const),
  );
}

/** The plugin of each name. @throws TrtxError PLUGIN_CONFLICT where two have one */
function ownersOf(
  what: string,
  plugins: readonly Plugin[],
  namesOf: (plugin: Plugin) => readonly string[],
): Map<string, Plugin> {
  const owners = new Map<string, Plugin>();
  for (const plugin of plugins)
    for (const name of namesOf(plugin)) {
      const other = owners.get(name);
      if (other) throw conflict(what, name, plugin, `plugin ${other.name}`);
      owners.set(name, plugin);
    }
  return owners;
}

function conflict(what: string, name: string, plugin: Plugin, other: string): TrtxError {
  return new TrtxError('PLUGIN_CONFLICT', `plugin ${plugin.name} defines ${what} ${name}, which ${other} has`, {
    hint: 'Leave one of the plugins out, or rename what they have in common.',
  });
}
