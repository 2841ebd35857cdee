// The page of a graph, as a reader uses it.

import { GraphBuilder, parseGraph, standardOps, type Value } from '@trtx/ir';
import { optimize } from '@trtx/passes';
import { drawGraph, graphPage } from '@trtx/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PageBrowser } from './harness.ts';

/** The platforms that tools/software-gpu has a browser for. */
const supported = process.platform === 'linux' && process.arch === 'x64';

const NET = `graph net
  input x: float32[N,4]
  same = Identity(x) as same
  product = MatMul(same, float32[4,8] splat 0.5) as product
  cube = Pow(product, float32[] [3]) as cube
  scaled = Mul(cube, float32[] [0.044715]) as scaled
  sum = Add(product, scaled) as sum
  inner = Mul(sum, float32[] [0.7978846]) as inner
  tanh = Tanh(inner) as tanh
  one = Add(tanh, float32[] [1]) as one
  gated = Mul(product, one) as gated
  half = Mul(gated, float32[] [0.5]) as half
  again = Loop(int64[] [40], bool[] [1], half) { carried: 1 } as again
  body {
    input i: int64[]
    input go: bool[]
    input state: float32[N,8]
    next = Sin(state) as next
    output go
    output next
  }
  output y = again`;

/** Small: a Gelu that is recognized. */
function smallPage(): string {
  const graph = parseGraph(NET, standardOps);
  const before = drawGraph(graph);
  const { trace } = optimize(graph, { skip: ['unroll-loops'] });
  const graphs = [
    { label: 'Before', picture: before },
    { label: 'After', picture: drawGraph(graph) },
  ] as const;
  return graphPage({ title: 'net.onnx', graphs, trace });
}

/** Large: 10,000 nodes. */
function largePage(): string {
  const b = new GraphBuilder('large');
  const w = b.constant('float32', [8, 8], new Array(64).fill(0.1), 'w');
  let x: Value = b.input('x', 'float32', [4, 8]);
  const first = x;
  for (let i = 0; i < 2000; i++) {
    const branch = b.Tanh(b.MatMul(x, w, {}, { name: `product${i}` }));
    x = b.Add(b.Mul(branch, b.Sigmoid(branch)), i % 500 === 499 ? first : x, {}, { name: `block${i}` });
  }
  b.output('y', x);
  return graphPage({ title: 'large', graphs: [{ label: 'Graph', picture: drawGraph(b.graph) }] });
}

describe.runIf(supported)('graphPage in headless Chromium', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await PageBrowser.start();
  });
  afterAll(() => browser?.close());

  it('shows a model before and after, with the rules that led from one to the other', async () => {
    const open = await browser.open(smallPage());
    const { page } = open;
    expect(await open.text('aside h2')).toBe('net.onnx');
    expect(await open.text('aside .name')).toMatch(/^12 nodes became \d$/);
    expect(await open.text('aside section[aria-label="Nodes"]')).toMatch(/Gelu\s+0\s+1/);
    await open.picture('small');

    await open.search('tanh');
    expect(await open.text('.count')).toMatch(/^1 of \d+$/);
    expect(await open.text('aside h2')).toBe('Tanh');
    expect(await open.text('aside .chips')).toContain('replaced');
    const history = await open.text('aside .history');
    expect(history).toContain('What became of it');
    expect(history).toMatch(/#\d+\s+\S*tanh\S*\s+recognize-gelu/i);
    expect(history).toContain('cube');
    await open.picture('small-selected');

    // What it became, then back by a link of that one's history.
    await page.click('aside .fate button.link');
    expect(await open.text('aside h2')).toBe('Gelu');
    expect(await open.text('aside .history h3')).toBe('How it came about');
    await page.evaluate(
      `[...document.querySelectorAll('aside .history li button.link')].find((link) => link.textContent === 'cube').click()`,
    );
    expect(await open.text('aside h2')).toBe('Pow');
    expect(open.complaints).toEqual([]);
    await page.close();
  });

  it('shows the graphs in a node', async () => {
    const open = await browser.open(smallPage());
    await open.search('again');
    await open.page.click('aside section[aria-label="Runs"] button.link');
    expect(await open.text('section[aria-label="Before"] .head')).toMatch(/Before\s+1 node\s+in again \/ body\s+Back/);
    await open.picture('small-body');
    await open.press('Back to the graph around');
    expect(await open.text('aside h2')).toBe('Loop');
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it('is used by keys alone', async () => {
    const open = await browser.open(smallPage());
    const { page } = open;
    await open.press('After');
    await open.search('product');
    await page.focus('section[aria-label="After"] canvas.graph');
    expect(await open.text('aside h2')).toBe('MatMul');
    await page.keyboard.press('ArrowDown');
    expect(await open.text('aside h2')).toBe('Gelu');
    await page.keyboard.press('ArrowUp');
    expect(await open.text('aside h2')).toBe('MatMul');
    await page.keyboard.press('Escape');
    expect(await open.text('aside h2')).toBe('net.onnx');
    await page.keyboard.press('1');
    expect(await open.text('.zoom')).toBe('100 %');
    const still = await open.picture();
    await page.keyboard.press('ArrowDown');
    expect(await open.picture()).not.toBe(still);
    await page.keyboard.press('+');
    expect(await open.text('.zoom')).toBe('125 %');
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    expect(Number.parseInt(await open.text('.zoom'), 10)).toBeLessThanOrEqual(100);
    expect(open.complaints).toEqual([]);
    await page.close();
  });

  it.each([false, true])('keeps nobody out, dark: %s', async (dark) => {
    const open = await browser.open(smallPage(), { dark });
    expect(await open.barriers()).toEqual([]);
    await open.search('tanh');
    await open.picture(dark ? 'small-dark' : undefined);
    expect(await open.barriers()).toEqual([]);
    const color = () => open.page.evaluate('getComputedStyle(document.body).backgroundColor');
    const before = await color();
    await open.press('Switch between light and dark');
    expect(await color()).not.toBe(before);
    expect(await open.barriers()).toEqual([]);
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it('moves about in 10,000 nodes', async () => {
    const html = largePage();
    expect(html.length).toBeLessThan(4_000_000);
    const start = performance.now();
    const open = await browser.open(html);
    const { page } = open;
    expect(await open.text('section[aria-label="Graph"] .head')).toMatch(/10000 nodes/);
    await open.picture('large');
    await open.search('block1234');
    expect(await open.text('.count')).toMatch(/^1 of \d+$/);
    expect(await open.text('aside .name')).toBe('block1234');
    const middle = await open.middle('Graph');
    await open.picture('large-selected');

    // It is in the middle now: a click there selects it again.
    await open.press('Close the details');
    expect(await open.text('aside h2')).toBe('large');
    await page.mouse.click(middle.x, middle.y);
    expect(await open.text('aside .name')).toBe('block1234');

    const near = await open.picture();
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x + 300, middle.y + 40, { steps: 5 });
    await page.mouse.up();
    expect(await open.text('aside .name')).toBe('block1234');
    expect(await open.picture()).not.toBe(near);

    const zoom = async () => Number.parseInt(await open.text('.zoom'), 10);
    const before = await zoom();
    await page.mouse.wheel({ deltaY: -300 });
    expect(await zoom()).toBeGreaterThan(before);
    await open.press('Zoom out');
    await open.press('Fit the whole graph');
    expect(await zoom()).toBeLessThan(5);
    await open.picture('large-whole');
    for (let i = 0; i < 20; i++) await page.mouse.wheel({ deltaY: i % 2 === 0 ? -200 : 200 });
    await open.press('Next match');
    expect(await open.text('.count')).toMatch(/^2 of \d+$/);
    expect(performance.now() - start).toBeLessThan(60_000);
    expect(open.complaints).toEqual([]);
    await page.close();
  });
});
