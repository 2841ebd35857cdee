// --html: the graph before and after, as a page.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesIn, folder, trtxJson } from './command.ts';
import { failure, MISUSED, write } from './failure.ts';
import { pageData } from './page-data.ts';
import { pictureModel } from './tiny.ts';

interface Page {
  readonly title: string;
  readonly graphs: readonly { label: string; drawings: readonly { nodes: readonly { title: string }[] }[] }[];
  readonly history: { readonly versions: readonly { name: string; gone?: number }[] };
}

const dataOf = (file: string) => pageData<Page>(file);

const titles = ({ graphs }: Page) => graphs.map(({ drawings }) => drawings[0]!.nodes.map(({ title }) => title));

it('optimize writes a page of the model and of what it made of it', async () => {
  const dir = folder();
  const model = write(dir, 'a.onnx', pictureModel());
  const [output, html] = [join(dir, 'b.onnx'), join(dir, 'page.html')];
  const { data } = await trtxJson('optimize', model, output, '--html', html);
  expect(data).toMatchObject({ page: { file: html, bytes: readFileSync(html).length } });
  const page = dataOf(html);
  expect(page.title).toBe('a.onnx');
  expect(page.graphs.map(({ label }) => label)).toEqual(['Before', 'After']);
  expect(titles(page)).toEqual([
    ['Input', 'Conv', 'Relu', 'Output'],
    ['Input', 'Conv', 'Relu', 'Output'],
  ]);
  expect(page.history.versions.length).toBe(2);
});

it('build writes a page of the model and of the graph that kernels are made for', async () => {
  const dir = folder();
  const model = write(dir, 'a.onnx', pictureModel());
  const html = join(dir, 'page.html');
  const shapes = ['--shapes', 'image:1x3x8x8', '--portable'];
  await trtxJson('build', model, '-o', join(dir, 'a.trtx'), ...shapes, '--html', html);
  expect(titles(dataOf(html))[1]).toEqual(['Input', 'Conv', 'Relu', 'Output']);
  expect(readFileSync(html, 'utf8')).toContain('float32[1,4,8,8]');
});

it('takes no name that the model or the output has', async () => {
  const dir = folder();
  const model = write(dir, 'a.onnx', pictureModel());
  const output = join(dir, 'b.onnx');
  await failure(MISUSED, 'USAGE', ['optimize', model, output, '--html', model], dir);
  await failure(MISUSED, 'USAGE', ['optimize', model, output, '--html', output], dir);
  await failure(MISUSED, 'FILE_WRITE', ['optimize', model, output, '--html', join(dir, 'no', 'page.html')], dir);
  expect(filesIn(dir)).toEqual(['a.onnx']);
});
