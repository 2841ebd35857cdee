// PP-OCR in 8 bits: each network calibrated on what it is given for a picture, and the picture read with all three.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EngineRunner, profileOf } from '@trtx/builder';
import { cloneGraph, type Graph, type Tensors } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { optimize } from '@trtx/passes';
import { quantizeInt8 } from '@trtx/quantizer';
import { beforeAll, expect, it } from 'vitest';
import { readAlphabet } from '../../apps/demo/src/models.ts';
import { loadPicture } from '../../apps/demo/src/picture.ts';
import { readPicture } from '../../apps/demo/src/read.ts';
import type { Net, Nets } from '../../apps/demo/src/tensor.ts';
import { testDevice } from '../support/chain.ts';
import { closeness } from '../support/closeness.ts';
import { OCR } from '../support/models.ts';
import { ortRunner } from '../support/ort.ts';

const NAMES = ['detector', 'classifier', 'recognizer'] as const;
type Name = (typeof NAMES)[number];

const asset = (name: string) => fileURLToPath(new URL(`../../apps/demo/assets/${name}`, import.meta.url));
const onRuntime = (graph: Graph) => ortRunner(exportModel(cloneGraph(graph)), 'all');

/** What each network was given, and its graph: as it was, and in 8 bits. */
const given: Record<Name, Tensors[]> = { detector: [], classifier: [], recognizer: [] };
const quantized = new Map<Name, Graph>();
let read: (nets: Nets) => Promise<string[]>;

/** A graph on ONNX Runtime as the demo wants it; `seen` gets what it is given. */
async function netOf(graph: Graph, seen?: Tensors[]): Promise<Net> {
  const runner = await onRuntime(graph);
  return async ({ dims, data }) => {
    const inputs: Tensors = new Map([[graph.inputs[0]!.name, { dtype: 'float32', dims, data }]]);
    seen?.push(inputs);
    const [output] = (await runner.run(inputs)).values();
    return { dims: [...output!.dims], data: output!.data as Float32Array };
  };
}

async function netsOf(make: (name: Name) => Promise<Net>): Promise<Nets> {
  const [detector, classifier, recognizer] = await Promise.all(NAMES.map(make));
  return { detector: detector!, classifier: classifier!, recognizer: recognizer! };
}

beforeAll(async () => {
  const [picture, alphabet] = [await loadPicture(asset('demo.png')), await readAlphabet()];
  read = async (nets) => (await readPicture(picture, nets, { alphabet })).map(({ text }) => text);
  const graphs = new Map<Name, Graph>();
  for (const name of NAMES) {
    const { graph } = await importFile(OCR[name]);
    optimize(graph);
    graphs.set(name, graph);
  }
  await read(await netsOf((name) => netOf(graphs.get(name)!, given[name])));
  for (const name of NAMES) {
    const graph = cloneGraph(graphs.get(name)!);
    await quantizeInt8(graph, given[name], { runner: onRuntime, compared: 0 });
    quantized.set(name, graph);
  }
});

it('reads every character of the demo picture', async () => {
  const { lines } = JSON.parse(await readFile(asset('demo.json'), 'utf8')) as { lines: string[] };
  expect(lines.length).toBe(11);
  expect(await read(await netsOf((name) => netOf(quantized.get(name)!)))).toEqual(lines);
});

it('gives the same characters in an engine', async () => {
  const graph = quantized.get('recognizer')!;
  const [sample] = given.recognizer as [Tensors];
  const [expected] = (await (await onRuntime(graph)).run(sample)).values();
  const { device, isFallback } = await testDevice();
  const profile = profileOf(new Map([...sample].map(([name, { dims }]) => [name, dims])));
  const engine = await EngineRunner.create(cloneGraph(graph), { device, software: isFallback, profile });
  const [actual] = (await engine.run(sample)).values();
  await engine.dispose();
  const [ours, theirs] = [actual!.data as Float32Array, expected!.data as Float32Array];
  expect(closeness(ours, theirs).cosine).toBeGreaterThan(0.99);
  const classes = expected!.dims.at(-1)!;
  const characters = (data: Float32Array) =>
    Array.from({ length: data.length / classes }, (_, step) => {
      const scores = data.subarray(step * classes, (step + 1) * classes);
      return scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));
    });
  expect(characters(ours)).toEqual(characters(theirs));
});
