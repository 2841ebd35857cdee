import { defineConfig } from 'tsup';

/**
 * The one way that packages are built: ES modules with types, one file for each export and shared chunks beside them.
 * `entry` maps the name of a file in dist to its source.
 */
export function library(entry: Record<string, string>) {
  return defineConfig({
    entry,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: [/^node:/],
    tsconfig: '../../tools/build/tsconfig.json',
    dts: true,
    splitting: true,
    clean: true,
    silent: true,
  });
}
