// Runs an engine in a browser: the same code in a page and in a worker.
import { deviceDescriptor, Engine } from '@trtx/runtime';
import { decode, encode, type Job, type JobResult, mapFields } from './wire.ts';

async function requestDevice(): Promise<{ device: GPUDevice; adapter: string }> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  const { vendor, architecture, description } = adapter.info;
  const device = await adapter.requestDevice(deviceDescriptor(adapter));
  return { device, adapter: [vendor, architecture, description].join(' ') };
}

export async function runJob({ engine: url, inputs, loseDevice }: Job): Promise<JobResult> {
  const codes: string[] = [];
  try {
    const { device, adapter } = await requestDevice();
    device.onuncapturederror = ({ error }) => codes.push(error.message);
    const engine = await Engine.load(await fetch(url), { device, ownsDevice: true });
    const context = engine.createContext();
    const feeds = mapFields(inputs, decode);
    let outputs = await context.run(feeds);
    if (loseDevice) {
      engine.onLost(({ code }) => codes.push(`heard ${code}`));
      const pending = context.run(feeds);
      device.destroy();
      await pending.catch((error) => codes.push(error.code));
      await engine.reload((await requestDevice()).device, await fetch(url));
      outputs = await context.run(feeds);
    }
    await engine.dispose();
    return { outputs: mapFields(outputs, encode), adapter, codes };
  } catch (error) {
    return { error: String((error as Error).stack ?? error), codes };
  }
}
