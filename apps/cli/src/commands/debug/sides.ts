// What two sides of a comparison compute with: `--a` and `--b`.

import { openBackend } from '@trtx/builder/node';
import type { Prepare } from '@trtx/debug';
import type { Level } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { InvalidArgumentError } from 'commander';
import type { ComparedModel } from '../../comparing.ts';
import type { Session } from '../../session.ts';
import { ortCpu } from '../../subjects/ort-cpu.ts';

export interface Side {
  readonly prepare: Prepare;
  release(): void;
}

export interface SideOptions extends Pick<ComparedModel, 'plugins' | 'kernels' | 'opset'> {
  /** Of an engine's optimizer; `none` runs what it is given with no pass at all. */
  readonly level: Level | 'none';
}

type OpenSide = (options: SideOptions, session: Session) => Promise<Side>;

const SIDES: ReadonlyMap<string, OpenSide> = new Map([
  ['webgpu', openWebgpu],
  ['reference', openReference],
  ['ort', openOrt],
]);

export const SIDE_NAMES = [...SIDES.keys()].join(', ');

export function parseSide(text: string): OpenSide {
  const open = SIDES.get(text);
  if (!open) throw new InvalidArgumentError(`It is one of ${SIDE_NAMES}.`);
  return open;
}

/** Both sides for as long as `work` takes. */
export async function withSides<T>(
  open: { readonly a: OpenSide; readonly b: OpenSide },
  options: SideOptions,
  session: Session,
  work: (a: Prepare, b: Prepare) => Promise<T>,
): Promise<T> {
  const a = await open.a(options, session);
  try {
    const b = await open.b(options, session);
    try {
      return await work(a.prepare, b.prepare);
    } finally {
      b.release();
    }
  } finally {
    a.release();
  }
}

async function openWebgpu({ plugins, kernels, level }: SideOptions, session: Session): Promise<Side> {
  const backend = await openBackend('webgpu', { logger: session.log });
  session.useAdapter(backend.description);
  return {
    prepare: (graph) =>
      backend.prepare(graph, {
        plugins,
        hostKernels: kernels,
        logger: session.log,
        ...(level === 'none' ? { passes: { pipeline: [] } } : { level }),
      }),
    release: () => backend.release(),
  };
}

async function openReference({ kernels }: SideOptions): Promise<Side> {
  return { prepare: async (graph) => new ReferenceRunner(graph, { kernels }), release() {} };
}

async function openOrt({ opset }: SideOptions): Promise<Side> {
  const ort = await ortCpu(opset);
  return {
    async prepare(graph) {
      const session = await ort.open(graph);
      return {
        run: async (inputs) => new Map(await session.run(inputs)),
        dispose: () => session.release(),
      };
    },
    release() {},
  };
}
