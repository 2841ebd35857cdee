import { PORTABLE } from '@trtx/codegen';
import { expect, it } from 'vitest';
import { deviceKey } from './device-key.ts';

it('has what tells devices apart, and of features those that shaders can use', () => {
  const adapterInfo = { vendor: 'v', architecture: 'a', device: 'd', description: 'driver 1' } as GPUAdapterInfo;
  const features = new Set(['timestamp-query', 'subgroups', 'shader-f16', 'texture-compression-bc']);
  expect(deviceKey({ adapterInfo }, { ...PORTABLE, features }, 'webgpu 1')).toEqual({
    vendor: 'v',
    architecture: 'a',
    device: 'd',
    description: 'driver 1',
    implementation: 'webgpu 1',
    features: ['shader-f16', 'subgroups'],
  });
  expect(deviceKey({} as GPUDevice, PORTABLE)).toMatchObject({ vendor: '', implementation: '', features: [] });
});
