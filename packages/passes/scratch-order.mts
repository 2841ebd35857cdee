import * as fc from 'fast-check';
import { canonicalText, cloneGraph, printGraph } from '@trtx/ir';
import { optimize } from '@trtx/passes';
import { buildRandom, recipes, shuffled } from '/work/wt-figures/packages/passes/src/testing/random-graph.ts';
import { randomNumbers } from '/work/wt-figures/packages/passes/src/testing/expect.ts';
const [seed, runs] = process.argv.slice(2).map(Number);
const once = (graph) => { const a = cloneGraph(graph); const b = shuffled(graph, randomNumbers(graph.nodes.size)); optimize(a); optimize(b); if (canonicalText(a) !== canonicalText(b)) return 'order'; const t = optimize(a).trace; if (t.length) return 'second ' + t.map(f=>f.pass+'/'+f.rule); };
const kinds = new Map();
let i = 0; const shown = new Set();
for (const r of fc.sample(recipes, { seed, numRuns: runs })) {
  i++;
  let k; try { k = once(buildRandom(r)); } catch (e) { k = 'throw ' + e.message; }
  if (!k) continue;
  kinds.set(k, (kinds.get(k) ?? 0) + 1);
  // shrink
  let cur = r;
  for (let changed = true; changed;) { changed = false;
    for (let j = 0; j < cur.instructions.length; j++) { const n = { ...cur, instructions: cur.instructions.filter((_, x) => x !== j) }; let kk; try { kk = once(buildRandom(n)); } catch (e) { kk = 'throw'; } if (kk) { cur = n; changed = true; break; } }
    if (!changed && cur.outputs.length) for (let j = 0; j < cur.outputs.length; j++) { const n = { ...cur, outputs: cur.outputs.filter((_, x) => x !== j) }; let kk; try { kk = once(buildRandom(n)); } catch (e) { kk = 'throw'; } if (kk) { cur = n; changed = true; break; } }
  }
  const g = buildRandom(cur); const a = cloneGraph(g); const b = shuffled(g, randomNumbers(g.nodes.size)); const ra = optimize(a), rb = optimize(b);
  console.log('=====', i, k, JSON.stringify(cur)); console.log(printGraph(g)); console.log('--a', ra.trace.map(f=>f.pass+'/'+f.rule+':'+f.nodes).join(' ')); console.log(printGraph(a)); console.log('--b', rb.trace.map(f=>f.pass+'/'+f.rule+':'+f.nodes).join(' ')); console.log(printGraph(b));
}
console.log([...kinds]);
