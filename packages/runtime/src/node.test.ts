import { describe, expect, it } from 'vitest';
import type { SubgroupInfo } from './device.ts';
import { Engine } from './engine.ts';
import { type NodeDeviceOptions, requestNodeDevice } from './node.ts';
import { runChild } from './testing/child.ts';
import { watchDevice } from './testing/device.ts';
import { rejection, testDevice } from './testing/gpu.ts';
import { arenaPlan, engineOf } from './testing/plans.ts';

describe('requestNodeDevice', () => {
  it('finds an adapter, with all that it offers', async () => {
    const { device, description, release } = await testDevice();
    expect(description).not.toBe('');
    expect(device.limits.maxBufferSize).toBeGreaterThan(2 ** 28);
    expect(device.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
    release();
    expect((await device.lost).reason).toBe('destroyed');
  });

  it("asks for no more than WebGPU's defaults where that is wanted", async () => {
    const { device, release } = await testDevice({ offer: 'minimum' });
    expect([...device.features].filter((name) => name !== 'core-features-and-limits')).toEqual([]);
    expect(device.limits).toMatchObject({
      maxBufferSize: 256 * 2 ** 20,
      maxStorageBufferBindingSize: 128 * 2 ** 20,
      maxStorageBuffersPerShaderStage: 8,
      maxComputeInvocationsPerWorkgroup: 256,
      maxComputeWorkgroupStorageSize: 16384,
    });
    release();
  });

  it('asks for the features that are wanted', async () => {
    const featuresOf = async (options: NodeDeviceOptions) => {
      const { device, release } = await testDevice({ backend: 'null', ...options });
      release();
      return [...device.features].filter((name) => name !== 'core-features-and-limits').sort();
    };
    const usual = ['shader-f16', 'subgroups', 'timestamp-query'];
    const matrix = 'chromium-experimental-subgroup-matrix';
    const unsafe = 'enable-dawn-features=allow_unsafe_apis';
    expect(await featuresOf({})).toEqual(usual);
    expect(await featuresOf({ flags: [unsafe] })).toEqual(usual);
    expect(await featuresOf({ features: 'experimental' })).toEqual([matrix, ...usual]);
    expect(await featuresOf({ features: 'none' })).toEqual(['timestamp-query']);
    expect(await featuresOf({ features: ['subgroups'] })).toEqual(['subgroups', 'timestamp-query']);
    // Flags of the caller do not undo the toggles that a feature is behind.
    const more = ['enable-dawn-features=disable_robustness', 'disable-dawn-features=timestamp_quantization'];
    expect(await featuresOf({ features: [matrix], flags: more })).toContain(matrix);
  });

  it('tells which features of those that were named the adapter lacks', async () => {
    const asked = requestNodeDevice({ backend: 'null', features: ['subgroups', 'shader-f64'] });
    expect(await rejection(asked)).toMatchObject({ code: 'DEVICE_UNSUITABLE', details: ['feature shader-f64'] });
  });

  it('has a device tell what the adapter tells of its subgroups', async () => {
    const { device, release } = await testDevice({ backend: 'null', features: 'experimental' });
    const { subgroupMinSize, subgroupMatrixConfigs } = device.adapterInfo as SubgroupInfo;
    expect(subgroupMinSize).toBeGreaterThan(0);
    expect(subgroupMatrixConfigs).toBeInstanceOf(Array);
    release();
  });

  it('leaves out checks of accesses on GPUs alone, unless Dawn is told so', async () => {
    const isUnchecked = async (options: NodeDeviceOptions) => {
      const gpu = await testDevice({ backend: 'null', ...options });
      gpu.release();
      return gpu.isUnchecked;
    };
    expect(await isUnchecked({})).toBe(false);
    expect(await isUnchecked({ unchecked: true })).toBe(false);
    expect(await isUnchecked({ flags: ['enable-dawn-features=disable_robustness'] })).toBe(true);
  });

  it('has a null back end, and does without a software adapter where one is not wanted', async () => {
    const { isFallback, description, release } = await testDevice({ backend: 'null' });
    expect(isFallback).toBe(true);
    expect(description).toMatch(/null/i);
    release();
    expect(await requestNodeDevice({ backend: 'null', software: 'never' })).toBeNull();
  });
});

describe('when all is disposed', () => {
  it.each([
    ['null', 'owns'],
    ['null', 'release'],
    ['null', 'forgets'],
    ['default', 'owns'],
    ['default', 'release'],
    ['default', 'forgets'],
  ])('the process ends by itself: %s back end, %s the device', async (backend, how) => {
    const { code, stdout } = await runChild('exit-child.ts', [backend, how]);
    const { y, at } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(Date.now() - at).toBeLessThan(2000);
    if (backend !== 'null') expect(y).toEqual([3, 5, 7]);
  });

  it('a device that loads and disposes engines again and again keeps no memory', async () => {
    const { device, release } = await testDevice({ backend: 'null' });
    const watched = watchDevice(device);
    let callbacks = 0;
    // What is told of the loss of a device stays in memory as long as the device does.
    const counted = new Proxy(watched.device, {
      get(target, key) {
        if (key === 'lost') callbacks++;
        return Reflect.get(target, key);
      },
    });
    const { plan, blobs } = arenaPlan();
    const file = engineOf(plan, blobs);
    for (let i = 0; i < 200; i++) {
      const engine = await Engine.load(file, { device: counted });
      await engine.createContext().run({ x: { data: new Float32Array(9), dims: [9] } });
      await engine.dispose();
      expect(engine.bytesHeld).toBe(0);
      expect(watched.live.size).toBe(0);
    }
    expect(callbacks).toBe(1);
    release();
  });
});
