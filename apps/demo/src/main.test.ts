/** The command as a user starts it. */
import { execFile } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trtx-demo-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command in the temporary folder. */
function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const node = ['--conditions=@trtx/source', '--import', tsx, main, ...args];
  const options = { cwd: folder, env: { ...process.env, INIT_CWD: folder } };
  return new Promise((resolve) => {
    execFile(process.execPath, node, options, (error, out, err) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
    });
  });
}

test('reads its own picture', async () => {
  const { status, out, err } = await run();
  expect(status).toBe(0);
  expect(err.replace(/\d+/g, 'N').split('\n')).toEqual([
    'building detector: N pipelines',
    'building classifier: N pipelines',
    'building recognizer: N pipelines',
    'finding lines',
    'straightening lines',
    'turning lines upright',
    'reading lines',
    '',
  ]);
  expect(out).toContain('order #A-2047: paid');
  expect(out).toContain('all 11 lines are read right');
  await access(join(folder, 'demo-out', 'demo.png'));
  await access(join(folder, 'demo-out', '.gitignore'));
});

test('refuses what it cannot read, in a line', async () => {
  const missing = await run('none.png');
  expect(missing).toMatchObject({ status: 2, out: '' });
  expect(missing.err).toMatch(/^error: .*none\.png: there is no such file\nSee --help\.\n$/);
  expect(await run(main)).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^error: .*main\.ts: it is neither PNG nor JPEG\n/),
  });
  expect(await run('--out', 'a.jpg')).toMatchObject({ status: 2, err: expect.stringMatching(/must end with \.png/) });
});

test('--help', async () => {
  expect(await run('--help')).toMatchObject({ status: 0, out: expect.stringMatching(/Usage: demo/), err: '' });
});
