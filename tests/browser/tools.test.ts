// @trtx/profiler and @trtx/debug in a real headless Chromium.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launchChromium } from '@trtx/software-gpu';
import { expect, it, onTestFinished } from 'vitest';
import { bundle } from '../../tools/size/src/bundle.mjs';
import type { ToolsResult } from './tools.ts';

/** The platforms that tools/software-gpu has a browser for. */
const supported = process.platform === 'linux' && process.arch === 'x64';

it.runIf(supported)('bench, profile, compare and reduce in a page', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'trtx-tools-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const { text } = await bundle({ file: fileURLToPath(new URL('tools.ts', import.meta.url)) });
  const file = join(dir, 'page.html');
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><title>trtx</title><script type="module">${text.replaceAll('</script', '<\\/script')}</script>`,
  );
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.waitForFunction('globalThis.result');
    const result = (await page.evaluate('globalThis.result')) as ToolsResult & { error?: string };
    expect(result.error).toBeUndefined();
    expect(result).toMatchObject({
      mode: expect.stringMatching(/^(apart|inside)$/),
      nodes: [['first', 'relu'], ['second', 'add'], ['softmax']],
      same: true,
      compared: expect.arrayContaining(['a', 'y', 'z']),
      reduced: ['Softmax'],
      halfIsEnough: true,
      page: expect.stringMatching(/^<!doctype html>/i),
    });
    expect(result.latencies).toBeGreaterThanOrEqual(10);
    expect(result.traced).toBeGreaterThan(10);
  } finally {
    await browser.close();
  }
});
