// docs/optimized.md tells what optimizing leaves today.

import { describe, expect, it } from 'vitest';
import { countOwn, sumOf } from '../../tools/nodes/src/count.ts';
import { GENERATED, HEAVY, hasShared, hydrated } from '../support/models.ts';
import { nodeTable } from '../support/node-table.ts';
import { importOptions, REAL } from '../support/real-models.ts';

const generated: readonly string[] = hasShared ? [...GENERATED, ...HEAVY] : [];
const fileOf = (name: string) => (generated.includes(name) ? hydrated(name).model : REAL[name]?.());

describe('nodes left', () => {
  it.each(nodeTable().filter(({ model }) => fileOf(model)))('of $model', async ({ model, own, newest, graph }) => {
    const counts = await countOwn(fileOf(model)!, importOptions(model));
    expect({ own: counts.own, newest: counts.newest, graph: sumOf(counts.graph) }).toEqual({ own, newest, graph });
  });
});
