// What the host computes: the reference kernels, and those of packages that are installed only where models need them.

import { TrtxError } from '@trtx/errors';
import { type ReferenceKernel, type ReferenceKernels, standardKernels } from '@trtx/reference';

/** A package that has a kernel of its own for an op. */
export interface KernelPackage {
  readonly name: string;
  open(): Promise<ReferenceKernel>;
}

/** By op. Not literals in the imports: a bundler would pack them without the WebAssembly beside them. */
const PACKAGES: ReadonlyMap<string, KernelPackage> = new Map([
  ['ImageDecoder', { name: '@trtx/image-decoder', open: openImageDecoder }],
]);

async function openImageDecoder(): Promise<ReferenceKernel> {
  const entry: string = '@trtx/image-decoder/node';
  const { openImageDecoder: open }: { openImageDecoder(): Promise<{ kernel: ReferenceKernel }> } = await import(entry);
  return (await open()).kernel;
}

/**
 * The kernels for a model or an engine with these ops.
 * @throws TrtxError PACKAGE_MISSING
 */
export async function kernelsFor(ops: Iterable<string>, packages = PACKAGES): Promise<ReferenceKernels> {
  const own: ReferenceKernel[] = [];
  for (const op of new Set(ops)) {
    const wanted = packages.get(op);
    if (!wanted) continue;
    const kernel = await wanted.open().catch((cause) => {
      throw new TrtxError('PACKAGE_MISSING', `${op} needs the package ${wanted.name}, which cannot be loaded`, {
        hint: `Install it beside @trtx/cli: npm install ${wanted.name}`,
        cause,
      });
    });
    own.push(kernel);
  }
  return own.length > 0 ? standardKernels.with(own) : standardKernels;
}
