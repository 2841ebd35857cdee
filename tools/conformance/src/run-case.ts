// One case on one backend: every data set of it, through the whole chain, compared with what is expected.

import { readFileSync } from 'node:fs';
import type { Constant, Tensor } from '@trtx/ir';
import { type ModelFlow, readFlow, steeringInputs } from '@trtx/onnx';
import { constantOfTensor } from '@trtx/reference';
import type { Executor, Placement } from './backends.ts';
import type { Case, DataSet } from './cases.ts';
import { difference } from './compare.ts';
import { randomValues } from './random.ts';
import { ramp, readValue } from './values.ts';

export interface Outcome extends Placement {
  /** Why the case does not pass; undefined where it does. */
  readonly reason?: string;
  /** The case could not be tried: nothing is known about it. */
  readonly skipped?: boolean;
}

/** Runs a case. Errors are the reason why it does not pass. */
export async function runCase(testCase: Case, executor: Executor): Promise<Outcome> {
  let placement: Placement = { gpuNodes: 0, hostNodes: 0 };
  if (testCase.dataSets.length === 0) return { reason: 'the case has no data', skipped: true, ...placement };
  try {
    const model = readFileSync(testCase.model);
    const flow = readFlow(model);
    for (const data of testCase.dataSets) {
      const inputs = readInputs(flow, data);
      const { outputs, ...placed } = await executor.execute({ model, ...divide(flow, inputs) });
      placement = placed;
      const reason = compare(flow, inputs, outputs, data);
      if (reason) return { reason, ...placement };
    }
    return placement;
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), ...placement };
  }
}

function readInputs(flow: ModelFlow, { inputs }: DataSet): Map<string, Tensor> {
  if (inputs && inputs.length > flow.inputs.length)
    throw new Error(`${inputs.length} inputs are given to a model that has ${flow.inputs.length}`);
  const given = flow.inputs.slice(0, inputs?.length);
  return new Map(
    given.map((declared, i) => [declared.name, inputs ? readValue(inputs[i]!, declared) : ramp(declared)]),
  );
}

/** What the builder is told, and what only the run is. */
function divide(flow: ModelFlow, values: ReadonlyMap<string, Tensor>) {
  const steering = steeringInputs(flow);
  const constants = new Map<string, Constant>();
  const inputs = new Map<string, Tensor>();
  for (const [name, value] of values) {
    if (steering.has(name)) constants.set(name, constantOfTensor(value));
    else inputs.set(name, value);
  }
  return { constants, inputs };
}

function compare(
  flow: ModelFlow,
  inputs: ReadonlyMap<string, Tensor>,
  outputs: ReadonlyMap<string, Tensor>,
  { outputs: files }: DataSet,
): string | undefined {
  const random = randomValues(flow, inputs);
  for (const [i, file] of files.entries()) {
    const declared = flow.outputs[i];
    if (!declared) return `${files.length} outputs are expected of a model that has ${flow.outputs.length}`;
    const wrong = difference(outputs.get(declared.name), readValue(file, declared), random.has(declared.name));
    if (wrong) return `output ${declared.name}: ${wrong}`;
  }
  return undefined;
}
