import { createHash } from 'node:crypto';
import { parseGraph, standardOps } from '@trtx/ir';
import { expect, it } from 'vitest';
import { drawGraph } from './draw-graph.ts';
import { graphPage } from './graph-page.ts';

const text = 'graph g\n  input x: float32[2]\n  y = Relu(x) as "</script><b>&"\n  output y';

function page(title = 'net'): string {
  return graphPage({ title, graphs: [{ label: 'Graph', picture: drawGraph(parseGraph(text, standardOps)) }] });
}

it('lets nothing run but its own script, and loads nothing', () => {
  const html = page();
  const [, policy] = html.match(/Content-Security-Policy" content="([^"]*)"/)!;
  const hash = (tag: RegExp) => createHash('sha256').update(html.match(tag)![1]!).digest('base64');
  expect(policy).toBe(
    `default-src 'none'; script-src 'sha256-${hash(/<script type="module">(.*?)<\/script>/s)}'; style-src 'sha256-${hash(/<style>(.*?)<\/style>/s)}'; base-uri 'none'; form-action 'none'`,
  );
  expect(html).not.toMatch(/https?:|<link|<img|@import|url\(/);
});

it('keeps names of models from being anything but text', () => {
  const html = page('</title><script>');
  expect(html).toContain('<title>&lt;/title>&lt;script></title>');
  expect(html.match(/<\/script>/g)!.length).toBe(2);
  expect(html).toContain('\\u003c/script>\\u003cb>&');
});

it('is the same for the same graph', () => {
  expect(page()).toBe(page());
});
