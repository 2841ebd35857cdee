// Where the cases of a folder are. A folder with a `model.onnx` is a case, at any depth up to suite/kind/case; a lone
// `x.onnx` beside an `x_output_0.pb` is one too (upstream's light models, whose input everybody computes).

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The files of one run of a case's model, in the order of the graph's inputs and outputs. */
export interface DataSet {
  /** Undefined where the inputs follow from the shapes: the light models. */
  readonly inputs: readonly string[] | undefined;
  readonly outputs: readonly string[];
}

export interface Case {
  /** The path below the suite's folder: `node/test_abs`. */
  readonly name: string;
  readonly model: string;
  readonly dataSets: readonly DataSet[];
}

/** Folders in folders: suite, kind, case. */
const DEPTH = 2;

/** The cases below a folder, sorted by name. */
export function findCases(suite: string): Case[] {
  const cases: Case[] = [];
  const pending = [{ folder: suite, name: '', depth: 0 }];
  for (let at = pending.pop(); at; at = pending.pop()) {
    const { folder, name, depth } = at;
    if (existsSync(join(folder, 'model.onnx'))) {
      cases.push({ name: name || basename(folder), model: join(folder, 'model.onnx'), dataSets: dataSets(folder) });
      continue;
    }
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = name ? `${name}/${entry.name}` : entry.name;
      if (entry.isDirectory() && depth < DEPTH)
        pending.push({ folder: join(folder, entry.name), name: path, depth: depth + 1 });
      if (entry.name.endsWith('.onnx')) cases.push(...lightCase(folder, path));
    }
  }
  return cases.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function dataSets(folder: string): DataSet[] {
  const names = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  return names.sort(byNumber).map((name) => {
    const files = readdirSync(join(folder, name)).sort(byNumber);
    const of = (kind: string) => files.filter((file) => file.startsWith(kind)).map((file) => join(folder, name, file));
    return { inputs: of('input_'), outputs: of('output_') };
  });
}

function lightCase(folder: string, path: string): Case[] {
  const name = path.slice(0, -'.onnx'.length);
  const output = join(folder, `${basename(name)}_output_0.pb`);
  if (!existsSync(output)) return [];
  const model = join(folder, basename(path));
  return [{ name, model, dataSets: [{ inputs: undefined, outputs: [output] }] }];
}

/** input_2 before input_10. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
