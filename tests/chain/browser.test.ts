// An engine built in Node runs in a real headless Chromium, in a page and in a worker, with the outputs it has here.

import { build, bytesOf } from '@trtx/builder';
import { importFile } from '@trtx/onnx/node';
import { Engine, type HostTensor } from '@trtx/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserRunner, startBrowserRunner } from '../browser/harness.ts';
import { testDevice } from '../support/chain.ts';
import { hasShared, sharedModel } from '../support/models.ts';

const supported = process.platform === 'linux' && process.arch === 'x64';

describe.runIf(supported && hasShared)('an engine in a browser', () => {
  let browser: BrowserRunner;
  let engine: Uint8Array<ArrayBuffer>;
  let expected: Record<string, HostTensor>;
  const inputs = {
    Input3: { data: Float32Array.from({ length: 784 }, (_, i) => (i * 37) % 256), dims: [1, 1, 28, 28] },
  };

  beforeAll(async () => {
    const { graph } = await importFile(sharedModel('mnist', 'mnist.onnx'));
    engine = bytesOf(build(graph).file);
    const loaded = await Engine.load(engine, { device: (await testDevice()).device });
    expected = await loaded.createContext().run(inputs);
    await loaded.dispose();
    browser = await startBrowserRunner();
  });
  afterAll(() => browser?.close());

  it.each(['page', 'worker'] as const)('mnist in a %s', async (where) => {
    const { outputs } = await browser.run(engine, inputs, { where });
    expect(outputs).toEqual(expected);
  });
});
