// A graph on the CPU as a subject.

import { type Graph, isContainer } from '@trtx/ir';
import { type ReferenceKernels, ReferenceRunner } from '@trtx/reference';
import type { Subject } from '../subject.ts';

export interface ReferenceSubjectOptions {
  /** `reference` by default. */
  readonly name?: string;
  readonly kernels?: ReferenceKernels;
}

/** Every tensor of the graph by the reference kernels, those in bodies of control flow as they were last. */
export function referenceSubject(graph: Graph, { name = 'reference', kernels }: ReferenceSubjectOptions = {}): Subject {
  return {
    name,
    async values(inputs, wanted) {
      const has = wanted && namesIn(graph);
      const values = wanted ? wanted.filter((one) => has!.has(one)) : 'all';
      const found = await new ReferenceRunner(graph, { kernels, values }).run(inputs);
      return new Map([...found].filter(([, { dtype }]) => !isContainer(dtype)));
    },
  };
}

/** Of all that a run computes. */
function namesIn(graph: Graph): Set<string> {
  return new Set(
    [...graph.withBodies()].flatMap(({ inputs, nodes }) =>
      [...inputs, ...[...nodes].flatMap(({ outputs }) => outputs)].map(({ name }) => name),
    ),
  );
}
