// Which outputs of a model are random: those that depend on a node that draws numbers.

import type { Tensor } from '@trtx/ir';
import type { ModelFlow } from '@trtx/onnx';

const DRAWING = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** The names of values that nobody can foretell, for these values of the graph inputs. */
export function randomValues(flow: ModelFlow, inputs: ReadonlyMap<string, Tensor>): Set<string> {
  const readers = new Map<string, (readonly string[])[]>();
  const pending: string[] = [];
  for (const { op, domain, inputs: names, outputs } of flow.edges) {
    for (const name of names) readers.set(name, [...(readers.get(name) ?? []), outputs]);
    if (domain === '' && (DRAWING.has(op) || (op === 'Dropout' && trains(names, inputs)))) pending.push(...outputs);
  }
  const random = new Set<string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || random.has(name)) continue;
    random.add(name);
    for (const outputs of readers.get(name) ?? []) pending.push(...outputs);
  }
  return random;
}

/** Dropout draws in training, where the ratio (0.5 by default) is not 0. */
function trains([, ratio = '', training = '']: readonly string[], inputs: ReadonlyMap<string, Tensor>): boolean {
  return scalarOf(inputs.get(training)) === 1 && scalarOf(inputs.get(ratio)) !== 0;
}

function scalarOf(value: Tensor | undefined): number | undefined {
  return value && Number(value.data[0]);
}
