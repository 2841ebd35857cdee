// The page of a plan and its profile, as a reader uses it.

import { profilePage } from '@trtx/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenPage, PageBrowser } from './harness.ts';
import { largePlan, profileOf, smallPlan } from './plans.ts';

/** The platforms that tools/software-gpu has a browser for. */
const supported = process.platform === 'linux' && process.arch === 'x64';

/** What the list of layers has in sight, from the top. */
function rows(open: OpenPage): Promise<string[][]> {
  const cells = '[...row.children].map((cell) => cell.textContent)';
  return open.page.evaluate(`[...document.querySelectorAll('[role="option"]')].map((row) => ${cells})`) as Promise<
    string[][]
  >;
}

describe.runIf(supported)('profilePage in headless Chromium', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await PageBrowser.start();
  });
  afterAll(() => browser?.close());

  it('shows what each layer takes, in the order of the plan or of time, and its source', async () => {
    const plan = smallPlan();
    const open = await browser.open(profilePage({ title: 'net.trtx', plan, profile: profileOf(plan) }));
    const { page } = open;
    expect(await open.text('aside section[aria-label="Run"]')).toMatch(
      /A run\s+\S+ \S+ on the GPU\s+Measured\s+5 runs/,
    );
    const inOrder = await rows(open);
    expect(inOrder.map(([number]) => Number(number))).toEqual(plan.layers.map((_, i) => i));
    expect(inOrder[0]!.slice(1, 3)).toEqual([plan.layers[0]!.kernel, plan.layers[0]!.nodes.join(', ')]);
    expect(inOrder[0]!.slice(4)).toEqual([
      expect.stringMatching(/^\d.* (ms|µs)$/),
      expect.stringMatching(/^\d.* %$/),
      expect.stringMatching(/^91 % (compute|memory)$/),
    ]);
    await open.press('Longest first');
    const shares = (await rows(open)).map((cells) => Number.parseFloat(cells[5]!));
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    await page.click('[role="option"]');
    expect(await open.text('aside h2')).toBe((await rows(open))[0]![1]);
    expect(await open.text('aside section[aria-label="Attributes"]')).toMatch(
      /GPU time.*Roof\s+\d+ % of what.*Arithmetic.*FLOP\/s.*Workgroups.*Chosen/s,
    );
    await open.picture('profile');
    await page.click('aside .wide');
    expect(await open.text('dialog pre')).toContain('@compute');
    await open.picture('profile-source');
    expect(await open.barriers()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.$('dialog')).toBeNull();
    expect(open.complaints).toEqual([]);
    await page.close();
  });

  it.each([false, true])('is used by keys alone, and keeps nobody out, dark: %s', async (dark) => {
    const plan = smallPlan();
    const notes = ['output scores: 10 of 10 elements are NaN or infinite'];
    const html = profilePage({ title: 'net.trtx', plan, profile: profileOf(plan, notes) });
    const open = await browser.open(html, { dark });
    const { page } = open;
    const suffix = dark ? '-dark' : '';
    const name = () => open.text('aside .name');
    expect(await open.text('.notes')).toBe(notes[0]);
    await page.focus('[role="listbox"]');
    await page.keyboard.press('ArrowDown');
    expect(await name()).toMatch(/^#0 /);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    expect(await name()).toMatch(new RegExp(`^#${plan.layers.length - 1} `));
    await page.keyboard.press('Home');
    expect(await page.$eval('[role="listbox"]', (list) => list.getAttribute('aria-activedescendant'))).toBe('layer-0');
    await open.picture(`profile-layers${suffix}`);
    expect(await open.barriers()).toEqual([]);

    for (const view of ['Roofline', 'Memory']) {
      await open.press(view);
      await page.focus(`section[aria-label="${view}"] .plot`);
      await page.keyboard.press('Home');
      const first = await name();
      await page.keyboard.press('ArrowRight');
      expect(await name()).not.toBe(first);
      await open.picture(`profile-${view.toLowerCase()}${suffix}`);
      expect(await open.barriers()).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await open.text('aside h2')).toBe('net.trtx');
    }
    await open.press('Plan');
    await open.search('pool');
    expect(await open.text('aside h2')).toBe('pool.max');
    expect(await open.text('aside section[aria-label="Inputs"]')).toMatch(/from\s+#\d left.*from\s+#\d right/s);
    await open.picture(`profile-plan${suffix}`);
    expect(await open.barriers()).toEqual([]);
    expect(open.complaints).toEqual([]);
    await page.close();
  });

  it('shows a plan that was not timed', async () => {
    const plan = smallPlan();
    const notes = ['the device has no timestamp queries'];
    const open = await browser.open(profilePage({ title: 'net.trtx', plan, notes }));
    expect(await open.text('.notes')).toBe(notes[0]);
    expect(await open.text('.views')).toMatch(/^Layers\s+Memory\s+Plan$/);
    expect((await rows(open))[0]!.slice(4)).toEqual([
      expect.stringMatching(/ kB$/),
      '',
      expect.stringMatching(/ [kM]FLOP$/),
    ]);
    await open.picture('profile-untimed');
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });

  it('moves about in 10,000 layers', async () => {
    const plan = largePlan();
    const html = profilePage({ title: 'large', plan, profile: profileOf(plan) });
    const start = performance.now();
    const open = await browser.open(html);
    const { page } = open;
    await open.search('node7654');
    expect(await open.text('aside .name')).toBe('#7654 block2551/node7654');
    expect((await rows(open)).length).toBeLessThan(60);
    await open.picture('profile-large');
    for (const view of ['Roofline', 'Memory', 'Plan']) {
      await open.press(view);
      await open.picture(`profile-large-${view.toLowerCase()}`);
      expect(await open.text('aside .name')).toBe('#7654 block2551/node7654');
    }
    await open.press('Memory');
    await page.focus('section[aria-label="Memory"] .plot');
    await page.keyboard.press('End');
    expect(await open.text('aside .name')).toMatch(/^#9999 /);
    expect(performance.now() - start).toBeLessThan(60_000);
    expect(open.complaints).toEqual([]);
    await page.close();
  });
});
