import { describe, expect, it } from 'vitest';
import { Network, UNCUTTABLE } from './min-cut.ts';

describe('minimum cut', () => {
  it('is the cheapest, with the fewest nodes on the side of the source', () => {
    const network = new Network();
    const [a, b, c] = [network.node(), network.node(), network.node()];
    network.edge(network.source, a, 2);
    network.edge(a, b, 1);
    network.edge(b, c, 1);
    network.edge(c, network.sink, 3);
    const { cost, side } = network.minimumCut();
    expect([cost, [...side]]).toEqual([1, [network.source, a]]);
  });

  it('takes back flow that was in the way', () => {
    const network = new Network();
    const [a, b, c, d] = [network.node(), network.node(), network.node(), network.node()];
    for (const to of [a, b]) network.edge(network.source, to, 1);
    for (const from of [c, d]) network.edge(from, network.sink, 1);
    network.edge(a, c, 1);
    network.edge(a, d, 1);
    network.edge(b, c, 1);
    expect(network.minimumCut().cost).toBe(2);
  });

  it('goes through no edge that cannot be cut', () => {
    const network = new Network();
    const a = network.node();
    network.edge(network.source, a, UNCUTTABLE);
    network.edge(a, network.sink, 4);
    expect(network.minimumCut()).toEqual({ cost: 4, side: new Set([network.source, a]) });
  });
});
