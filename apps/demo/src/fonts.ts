/** The font family of the demo, DejaVu, from an npm package: pictures look the same on every machine. */
import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

const require = createRequire(import.meta.url);

const FILES = {
  'DejaVu Sans': 'DejaVuSans',
  'DejaVu Sans Bold': 'DejaVuSans-Bold',
  'DejaVu Sans Condensed': 'DejaVuSansCondensed',
  'DejaVu Sans Mono': 'DejaVuSansMono',
  'DejaVu Serif': 'DejaVuSerif',
  'DejaVu Serif Bold': 'DejaVuSerif-Bold',
  'DejaVu Serif Italic': 'DejaVuSerif-Italic',
} as const;

export type FontName = keyof typeof FILES;

/** A CSS font for a canvas; registers the file at first use. Size in pixels. */
export function font(name: FontName, size: number): string {
  // One family name for each file, so that no weight or slant is ever matched or made up by the text engine.
  const family = `Demo ${name}`;
  if (!GlobalFonts.has(family)) {
    GlobalFonts.registerFromPath(require.resolve(`dejavu-fonts-ttf/ttf/${FILES[name]}.ttf`), family);
  }
  return `${size}px "${family}"`;
}
