// --html: the graph before and after, as a page to look at.

import { basename, resolve } from 'node:path';
import { TrtxError } from '@trtx/errors';
import type { Firing } from '@trtx/passes';
import { graphPage, type Picture } from '@trtx/viewer';
import type { Command } from 'commander';
import { requireOutput, writeWhole } from './files.ts';
import { bytesText } from './text.ts';

export interface PageOptions {
  readonly html?: string;
}

export function addPageOption(command: Command): Command {
  return command.option('--html <file>', 'write the graph before and after as one HTML page to look at');
}

/**
 * Fails before the work is done, where the page could not be written.
 * @throws TrtxError FILE_WRITE, or USAGE where it would replace the model or what is made of it
 */
export async function requirePage({ html }: PageOptions, model: string, output: string): Promise<void> {
  if (html === undefined) return;
  await requireOutput(html, model);
  if (resolve(html) === resolve(output))
    throw new TrtxError('USAGE', 'the page and the output have one name', { file: html, hint: 'Choose another name.' });
}

export interface PageContents {
  readonly model: string;
  readonly before: Picture;
  readonly after: Picture;
  readonly trace: readonly Firing[];
}

/** The page as commands tell of it. */
export interface WrittenPage {
  readonly file: string;
  readonly bytes: number;
}

/** @throws TrtxError FILE_WRITE */
export async function writePage(file: string, { model, before, after, trace }: PageContents): Promise<WrittenPage> {
  const graphs = [
    { label: 'Before', picture: before },
    { label: 'After', picture: after },
  ] as const;
  const bytes = new TextEncoder().encode(graphPage({ title: basename(model), graphs, trace }));
  await writeWhole(file, [bytes]);
  return { file, bytes: bytes.length };
}

export function pageLines(page: WrittenPage | undefined): string[] {
  return page ? [`${page.file}: ${bytesText(page.bytes)}, the graph before and after`] : [];
}
