// Adapters without timestamps, or with wrong ones: runs are timed all the same, dispatches are not, and the page of a profile
// says so.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PageBrowser } from '../viewer/harness.ts';
import { folder, start } from './command.ts';
import { write } from './failure.ts';
import { withoutTimestamps, withTimer } from './faults.ts';
import { pageData } from './page-data.ts';
import { tinyModel } from './tiny.ts';

const QUICK = ['--duration', '0.05'];

async function untimed(...args: string[]) {
  return (await start(args, { env: withoutTimestamps() })).outcome;
}

it('bench times runs, and says that there is no GPU time', async () => {
  const model = write(folder(), 'tiny.onnx', tinyModel());
  const { status, out } = await untimed('bench', model, ...QUICK);
  expect(status).toBe(0);
  expect(out).toMatch(/end to end .+\n +encode and submit .+\n +\(end to end: .+\)\nnote: no GPU time: .*timestamp/);
  expect(out).not.toMatch(/^ +GPU /m);
});

it('profile fails, and writes its page without times', async () => {
  const dir = folder();
  const [model, html] = [write(dir, 'tiny.onnx', tinyModel()), join(dir, 'page.html')];
  const { status, out, err } = await untimed('profile', model, '--html', html, ...QUICK, '--json');
  expect({ status, err, data: JSON.parse(out) }).toMatchObject({
    status: 1,
    err: '',
    data: { error: { code: 'NO_TIMESTAMPS', hint: expect.stringContaining('timestamp-query') } },
  });
  const page = pageData<object>(html);
  expect(page).toMatchObject({
    title: 'tiny.onnx',
    layers: [{ share: 0 }],
    notes: [expect.stringContaining('no timestamp queries')],
  });
  expect(page).not.toHaveProperty('runs');

  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const browser = await PageBrowser.start();
  try {
    const open = await browser.open(readFileSync(html, 'utf8'));
    expect(await open.text('.notes')).toMatch(/no timestamp queries/);
    expect(await open.page.$('button[title="Roofline"]')).toBeNull();
    for (const view of ['Layers', 'Memory', 'Plan']) {
      await open.press(view);
      await open.picture(`profile-untimed-${view.toLowerCase()}`);
      expect(await open.barriers()).toEqual([]);
    }
    expect(open.complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

it.each(['still', 'backwards'] as const)('a timer that is wrong, %s, is told of', async (fault) => {
  const dir = folder();
  const [model, html] = [write(dir, 'tiny.onnx', tinyModel()), join(dir, 'page.html')];
  const run = async (...args: string[]) => (await start(args, { env: withTimer(fault) })).outcome;
  const bench = await run('bench', model, ...QUICK);
  expect(bench.status).toBe(0);
  expect(bench.out).toMatch(
    fault === 'still' ? /^note: no GPU time: .* stands still$/m : /^note: \d+ of \d+ GPU times dropped/m,
  );
  expect(bench.out).not.toMatch(/^ +GPU /m);
  const profile = await run('profile', model, '--html', html, ...QUICK, '--json');
  expect({ status: profile.status, data: JSON.parse(profile.out) }).toMatchObject({
    status: 1,
    data: { error: { code: 'TIMER_UNUSABLE', hint: expect.any(String) } },
  });
  expect(pageData(html)).toMatchObject({ notes: [expect.stringContaining("the device's timer")] });
});
