// The beginnings of a package: the files of a template, with its name put in.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TrtxError } from '@trtx/errors';

export const KINDS = ['pass', 'plugin'] as const;
export type Kind = (typeof KINDS)[number];

const templates = join(import.meta.dirname, '..', 'templates');

/**
 * Writes a package to a folder, which must not be there yet; the paths of its files.
 * @param name in small letters with dashes, as passes and packages are named
 * @throws TrtxError USAGE
 */
export function scaffold(kind: Kind, name: string, folder: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new TrtxError('USAGE', `the name ${name}`, {
      hint: 'Small letters and digits, with dashes between: my-pass.',
    });
  if (existsSync(folder))
    throw new TrtxError('USAGE', 'there is something of this name already', { file: folder, hint: 'Choose another.' });
  const words = name.split('-').map((word) => word[0]!.toUpperCase() + word.slice(1));
  const title = words.join('');
  const names: Readonly<Record<string, string>> = {
    __name__: name,
    __Name__: title,
    __id__: title[0]!.toLowerCase() + title.slice(1),
  };
  const source = join(templates, kind);
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => {
    const from = join(entry.parentPath, entry.name);
    const to = join(folder, from.slice(source.length + 1));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(
      to,
      readFileSync(from, 'utf8').replaceAll(/__(?:name|Name|id)__/g, (placeholder) => names[placeholder]!),
    );
    return to;
  });
}
