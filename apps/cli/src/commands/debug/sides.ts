// What two sides of a comparison compute with: `--a` and `--b`.

import { openBackend } from '@trtx/builder/node';
import type { Prepare } from '@trtx/debug';
import type { Float16Options, Level } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import type { DeviceFeatures } from '@trtx/runtime/node';
import { InvalidArgumentError } from 'commander';
import type { ComparedModel } from '../../comparing.ts';
import { float16OfPart } from '../../float16.ts';
import type { Session } from '../../session.ts';
import { ortCpu } from '../../subjects/ort-cpu.ts';

export interface Side {
  readonly prepare: Prepare;
  release(): void;
}

export interface SideOptions extends Pick<ComparedModel, 'plugins' | 'kernels' | 'opset'> {
  /** Of an engine's optimizer; `none` runs what it is given with no pass at all. */
  readonly level: Level | 'none';
  /** Of the adapter, for engines. */
  readonly features: DeviceFeatures;
  /** What an engine has of it in float16. */
  readonly fp16?: Float16Options;
}

type OpenSide = (options: SideOptions, session: Session) => Promise<Side>;

const SIDES = { webgpu: openWebgpu, reference: openReference, ort: openOrt } satisfies Record<string, OpenSide>;

export type SideName = keyof typeof SIDES;

export const SIDE_NAMES = Object.keys(SIDES).join(', ');

export function parseSide(text: string): SideName {
  if (!Object.hasOwn(SIDES, text)) throw new InvalidArgumentError(`It is one of ${SIDE_NAMES}.`);
  return text as SideName;
}

/** Both sides for as long as `work` takes. */
export async function withSides<T>(
  names: { readonly a: SideName; readonly b: SideName },
  options: SideOptions,
  session: Session,
  work: (a: Prepare, b: Prepare) => Promise<T>,
): Promise<T> {
  const a = await SIDES[names.a](options, session);
  try {
    const b = await SIDES[names.b](options, session);
    try {
      return await work(a.prepare, b.prepare);
    } finally {
      b.release();
    }
  } finally {
    a.release();
  }
}

async function openWebgpu({ plugins, kernels, level, features, fp16 }: SideOptions, session: Session): Promise<Side> {
  const backend = await openBackend('webgpu', { features, logger: session.log });
  session.useAdapter(backend.description);
  return {
    prepare: (graph) =>
      backend.prepare(graph, {
        plugins,
        hostKernels: kernels,
        logger: session.log,
        fp16: float16OfPart(graph, fp16),
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
