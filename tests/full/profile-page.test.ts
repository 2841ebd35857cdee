// Pages of the plans of whole models: how large they are, and that they open.

import { build } from '@trtx/builder';
import { parseProfile } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { layersOf } from '@trtx/profiler';
import { profilePage } from '@trtx/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasShared, hydrated } from '../support/models.ts';
import { PageBrowser } from '../viewer/harness.ts';
import { profileOf } from '../viewer/plans.ts';

const MODELS = [
  ['resnet50', 'input:1x3x224x224'],
  ['bert_base', 'input_ids:1x128,attention_mask:1x128,token_type_ids:1x128'],
] as const;

describe.runIf(hasShared && process.platform === 'linux' && process.arch === 'x64')('profilePage', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await PageBrowser.start();
  });
  afterAll(() => browser?.close());

  it.each(MODELS)('of %s', async (name, shapes) => {
    const { graph } = await importFile(hydrated(name).model);
    const plan = layersOf(build(graph, { profile: parseProfile(shapes) }).plan);
    const html = profilePage({ title: name, plan, profile: profileOf(plan) });
    expect(Buffer.byteLength(html)).toBeLessThan(1e6);
    for (const { nodes } of plan.layers) expect(nodes).not.toEqual([]);
    const open = await browser.open(html);
    await open.page.focus('[role="listbox"]');
    await open.page.keyboard.press('End');
    for (const view of ['Layers', 'Roofline', 'Memory', 'Plan']) {
      await open.press(view);
      await open.picture(`profile-${name}-${view.toLowerCase()}`);
      expect(await open.barriers()).toEqual([]);
    }
    expect(open.complaints).toEqual([]);
    await open.page.close();
  });
});
