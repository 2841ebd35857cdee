import { standardOps } from '@trtx/ir';
import { standardKernels } from '@trtx/reference';
import { expect, it } from 'vitest';
import { kernelsFor } from './host-kernels.ts';

it('loads the package of an op that has one, and none for others', async () => {
  expect(await kernelsFor(['Relu', 'Resize'])).toBe(standardKernels);
  const decoder = standardOps.get('ImageDecoder')!;
  expect(standardKernels.serves(decoder)).toBe(false);
  expect((await kernelsFor(['Relu', 'ImageDecoder'])).serves(decoder)).toBe(true);
});

it('names the package that is missing', async () => {
  const open = () => import('./no-such-package.ts' as string);
  await expect(kernelsFor(['ImageDecoder'], new Map([['ImageDecoder', { name: '@x/y', open }]]))).rejects.toThrow(
    /^PACKAGE_MISSING: ImageDecoder needs the package @x\/y, which cannot be loaded\n {2}hint: .*npm install @x\/y/,
  );
});
