// Devices for tests: SwiftShader (`npm test` sees to it that there is one) for results, Dawn's null back end for the rest.
import { afterAll, beforeAll } from 'vitest';
import { type NodeDevice, type NodeDeviceOptions, requestNodeDevice } from '../node.ts';

export async function testDevice(options?: NodeDeviceOptions): Promise<NodeDevice> {
  const found = await requestNodeDevice(options);
  if (!found) throw new Error('no WebGPU adapter; run the tests with `npm run vitest`');
  return found;
}

/** A device for all tests of a file. */
export function useDevice(options?: NodeDeviceOptions): { readonly device: GPUDevice } {
  let found: NodeDevice | undefined;
  beforeAll(async () => {
    found = await testDevice(options);
  });
  afterAll(() => found?.release());
  return {
    get device() {
      return found!.device;
    },
  };
}

/** What a promise is rejected with; fails the test where it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => {
      throw new Error('no error came');
    },
    (error) => error,
  );
}
