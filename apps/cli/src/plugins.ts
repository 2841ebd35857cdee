// Plugins as commands take them: modules that export them.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isTrtxError, TrtxError } from '@trtx/errors';
import { extensionsOf, type Plugin } from '@trtx/plugin';
import type { Command } from 'commander';
import { collect } from './command.ts';

export interface PluginOptions {
  readonly plugin?: readonly string[];
}

/** Adds the option to a command that reads models. */
export function addPluginOption(command: Command): Command {
  return command.option(
    '--plugin <module>',
    'a file or an installed package that exports `plugin`; may be given several times',
    collect,
  );
}

/**
 * The plugins that modules export, checked.
 * @throws TrtxError PLUGIN_LOAD where a module cannot be loaded or exports none, and as `extensionsOf`
 */
export async function loadPlugins({ plugin: modules = [] }: PluginOptions): Promise<readonly Plugin[]> {
  const plugins: Plugin[] = [];
  for (const name of modules) plugins.push(await loadPlugin(name));
  extensionsOf(plugins);
  return plugins;
}

async function loadPlugin(name: string): Promise<Plugin> {
  const exported = await importModule(name);
  const plugin = exported.plugin ?? exported.default;
  if (typeof plugin !== 'object' || plugin === null)
    throw new TrtxError('PLUGIN_LOAD', 'the module exports no plugin', {
      file: name,
      hint: 'Export it as `plugin`: export const plugin = definePlugin({ … }).',
    });
  return plugin as Plugin;
}

async function importModule(name: string): Promise<Record<string, unknown>> {
  const file = resolve(name);
  try {
    // A package is looked for where the command was called, not beside the command's own.
    const path = existsSync(file) ? file : createRequire(join(process.cwd(), 'package.json')).resolve(name);
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    if (isTrtxError(cause)) throw cause;
    throw new TrtxError('PLUGIN_LOAD', `the plugin cannot be loaded: ${(cause as Error).message}`, {
      file: name,
      hint: 'Name a file (./my-plugin.mjs) or a package that is installed here.',
      cause,
    });
  }
}
