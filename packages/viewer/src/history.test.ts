import { parseGraph, standardOps } from '@trtx/ir';
import { definePass, type Firing, optimize } from '@trtx/passes';
import { describe, expect, it } from 'vitest';
import { drawGraph } from './draw-graph.ts';
import type { NodeRef, Picture } from './drawing.ts';
import { futureOf, type History, historyOf, type Lineage, pastOf } from './history.ts';

const NET = `graph net
  input x: float32[N,4]
  same = Identity(x) as same
  floor = Max(same, float32[] [0]) as floor
  twice = Relu(floor) as twice
  size = Shape(twice) as size
  shaped = Reshape(twice, size) as shaped
  y = Mul(shaped, float32[4] [1, 2, 3, 4]) as scaled
  output y`;

interface Played {
  readonly before: Picture;
  readonly after: Picture;
  readonly history: History;
  readonly trace: readonly Firing[];
}

function play(text: string, options: Parameters<typeof optimize>[1] = {}): Played {
  const graph = parseGraph(text, standardOps);
  const before = drawGraph(graph);
  const { trace } = optimize(graph, options);
  const after = drawGraph(graph);
  return { before, after, trace, history: historyOf(before, after, trace) };
}

function versionAt({ versions }: History, side: 'before' | 'after', picture: Picture, name: string): number {
  const same = (ref: NodeRef | undefined) => ref && picture.drawings[ref.drawing]!.nodes[ref.node]!.name === name;
  return versions.findIndex((version) => same(version[side]));
}

/** Steps as `pass/rule`, and the names of the nodes at the other end. */
function told({ history }: Played, { steps, ends }: Lineage) {
  return {
    steps: steps.map((at) => `${history.steps[at]!.pass}/${history.steps[at]!.rule}`),
    ends: ends.map((end) => history.versions[end]!.name),
  };
}

describe('historyOf', () => {
  it('tells what became of the nodes of a model', () => {
    const played = play(NET);
    const future = (name: string) =>
      told(played, futureOf(played.history, versionAt(played.history, 'before', played.before, name)));
    expect(played.after.drawings[0]!.nodes.map(({ title, name }) => `${title} ${name}`)).toEqual([
      'Input x',
      'Relu floor',
      'Mul scaled',
      'Output y',
    ]);
    expect(future('same')).toEqual({ steps: ['remove-no-ops/pass-through'], ends: [] });
    expect(future('floor').ends).toEqual(['floor']);
    expect(future('twice').ends).toEqual(['floor']);
    expect(future('scaled')).toEqual({ steps: [], ends: ['scaled'] });
  });

  it('tells what a node came from, through nodes that came and went in between', () => {
    const played = play(NET);
    const past = (name: string) =>
      told(played, pastOf(played.history, versionAt(played.history, 'after', played.after, name)));
    expect(past('floor').ends.sort()).toEqual(['floor', 'twice']);
    expect(past('floor').steps.length).toBeGreaterThanOrEqual(2);
    expect(past('scaled')).toEqual({ steps: [], ends: ['scaled'] });
  });

  it('keeps nodes of one name apart', () => {
    const swap = definePass({
      name: 'swap',
      summary: '',
      rules: [
        {
          name: 'abs',
          ops: ['Relu'],
          apply: (node, patch) => patch.replace(node.output, patch.node('Abs', node.inputs), 'Relu is Abs here'),
        },
      ],
    });
    const played = play('graph g\n  input x: float32[2]\n  y = Relu(x) as r\n  output y', { pipeline: [swap] });
    const { versions, steps } = played.history;
    expect(versions).toEqual([
      { name: 'r', before: { drawing: 0, node: 1 }, gone: 0, steps: [0] },
      { name: 'r', made: 0, after: { drawing: 0, node: 1 }, steps: [0] },
    ]);
    expect(steps).toEqual([
      { step: 1, pass: 'swap', rule: 'abs', reason: 'Relu is Abs here', nodes: [0], removed: [0], added: [1] },
    ]);
  });

  it('accounts for every node of the graph after', () => {
    const { after, history } = play(NET);
    const nodes = after.drawings.flatMap((drawing) => drawing.nodes.filter(({ end }) => !end));
    expect(history.versions.filter((version) => version.after).length).toBe(nodes.length);
  });

  it('lets what is in a node go with it', () => {
    const text = `graph g
      input x: float32[2]
      y = If(bool[] [1], x) as choice
      then_branch {
        input a: float32[2]
        b = Neg(a) as inner
        output b
      }
      else_branch {
        input c: float32[2]
        d = Abs(c) as other
        output d
      }
      output y`;
    const played = play(text, { level: 2 });
    expect(played.before.drawings.map(({ name }) => name)).toEqual([
      'g',
      'choice / then_branch',
      'choice / else_branch',
    ]);
    const other = versionAt(played.history, 'before', played.before, 'other');
    const { gone } = played.history.versions[other]!;
    expect(played.history.steps[gone!]).toMatchObject({ pass: 'inline-branches', rule: 'known-condition' });
    const choice = versionAt(played.history, 'before', played.before, 'choice');
    expect(futureOf(played.history, choice).ends.length).toBe(1);
  });
});
