import type { TacticsReport } from '@trtx/debug';
import { expect, it } from 'vitest';
import { tacticsLines } from './tactics.ts';

const none: TacticsReport = { groups: 9, departing: 0, wrong: [], right: 0, untried: [], departures: [] };
const comparison = { name: 'b', dims: [2], maxAbs: 0.5, maxRel: 1, cosine: 0.75, wrong: 2, ok: false };

it('shows each tactic of a wrong group, and how to take a right one', () => {
  const lines = tacticsLines('m.onnx', {
    ...none,
    departing: 3,
    right: 1,
    departures: ['b'],
    wrong: [
      {
        tensors: ['b'],
        nodes: ['second'],
        dispatch: 1,
        alike: 2,
        tactics: [
          { tactic: 'fast rows=4', verdict: 'wrong', comparison },
          { tactic: 'slow', verdict: 'right', comparison: { ...comparison, maxAbs: 0, cosine: 1 } },
          { tactic: 'large', verdict: 'failed', reason: 'CODEGEN: too large' },
        ],
      },
    ],
  });
  expect(lines).toEqual([
    'm.onnx: 3 of 9 groups depart, beginning at b',
    'wrong: second (b, dispatch 1), and 1 more with the same shader',
    '  WRONG   fast rows=4  as built  max abs 5.0e-1, cosine 0.75000000',
    '  right   slow                   max abs 0.0e+0, cosine 1.00000000',
    '  FAILED  large                  CODEGEN: too large',
    "  a right one: --tactic 'second=slow' of trtx bench and trtx profile",
    'right when fed what is right: 1 that depart',
    'WRONG by themselves: 2 of 3 that depart',
  ]);
});

it('says so where nothing departs, and where nothing is to blame', () => {
  expect(tacticsLines('m.onnx', none)).toEqual([
    'm.onnx: none of 9 groups departs from the reference on the graph as passes left it',
  ]);
  const untried = [{ nodes: ['loop'], reason: 'it is in a body of control flow, which is not cut apart' }];
  expect(tacticsLines('m.onnx', { ...none, departing: 1, untried, departures: ['z'] })).toEqual([
    'm.onnx: 1 of 9 groups depart, beginning at z',
    'not tried: loop: it is in a body of control flow, which is not cut apart',
    expect.stringMatching(/^no group is wrong by itself/),
  ]);
});
