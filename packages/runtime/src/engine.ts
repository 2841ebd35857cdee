// An engine on a device: what users load, make contexts of, and bring back to life when the device is lost.
import { openEngine, type Plan } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type ContextOptions, ExecutionContext } from './context.ts';
import type { HostOps } from './host-ops.ts';
import { makeResidency, type ResidencyOptions } from './load.ts';
import { compilePrograms, type Program } from './program.ts';
import type { Residency } from './residency.ts';
import { type LoadSource, openSource } from './source.ts';

export interface LoadOptions extends ResidencyOptions {
  /** Functions for the nodes that the engine computes on the host, by op id: `hostOps()` of `@trtx/reference` has them. */
  readonly hostOps?: HostOps;
  /** Whether `dispose` destroys the device too. Default: it is the caller's. */
  readonly ownsDevice?: boolean;
}

export class Engine {
  /** What the engine does, as data: in its first optimization profile, and what `profiles` have of their own. */
  readonly plan: Plan;
  #loaded: Loaded;
  /** Without the device: one that the engine has left must not live on with it. */
  readonly #options: Omit<LoadOptions, 'device' | 'onProgress'>;
  #reloading: Promise<void> | undefined;
  #disposed: Promise<void> | undefined;
  readonly #contexts = new Set<ExecutionContext>();
  readonly #listeners = new Set<(error: TrtxError) => void>();

  private constructor(loaded: Loaded, { device, onProgress, ...options }: LoadOptions) {
    this.plan = loaded.programs[0]!.plan;
    this.#loaded = loaded;
    this.#options = options;
    this.#watch();
  }

  /**
   * Reads an engine file, checks every byte of it, and makes its weights and pipelines on `device`. On an error nothing is
   * left there. Throws the codes of reading (`NOT_AN_ENGINE`, `ENGINE_DAMAGED`, `ENGINE_VERSION`, `ENGINE_STRIPPED`, `ENGINE_INVALID`), and
   * `SOURCE_UNREADABLE`, `DEVICE_UNSUITABLE`, `HOST_OPS_MISSING`, `OUT_OF_MEMORY`, `SHADER_INVALID`, `PIPELINE_FAILED`,
   * `DEVICE_LOST`.
   */
  static async load(source: LoadSource, options: LoadOptions): Promise<Engine> {
    return new Engine(await load(source, options), options);
  }

  /** The device that the engine is on. */
  get device(): GPUDevice {
    return this.#loaded.residency.device;
  }

  /** Bytes of GPU buffers that the engine and its contexts have now. */
  get bytesHeld(): number {
    return this.#loaded.residency.bytesHeld;
  }

  /** A context to run the engine with. Its memory is made at its first run. Throws `DISPOSED` or `PROFILE_UNKNOWN`. */
  createContext(options?: ContextOptions): ExecutionContext {
    if (this.#disposed) throw disposed();
    const context = new ExecutionContext(
      {
        programs: this.#loaded.programs,
        residency: () => this.#current(),
        loaded: () => this.#loaded.residency,
        forget: (it) => this.#contexts.delete(it),
      },
      options,
    );
    this.#contexts.add(context);
    return context;
  }

  /** Calls `listener` whenever the engine's device is lost. Returns a function that ends this. */
  onLost(listener: (error: TrtxError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Brings the engine to another device, mostly because its own was lost. Contexts stay valid: their next run makes their
   * memory anew. Runs that are under way fail. Concurrent calls are one reload. An engine that owns its device owns the
   * new one and destroys the old one.
   *
   * @param source needed where the engine was loaded from a response, which can be read only once
   * Throws as `load`, and `SOURCE_SPENT`, `ENGINE_CHANGED`, `DISPOSED`. After an error the engine is as it was.
   */
  reload(device: GPUDevice, source = this.#loaded.source): Promise<void> {
    this.#reloading ??= this.#reload(device, source).finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  /** Disposes all contexts, frees the weights, and destroys the device if the engine owns it. */
  dispose(): Promise<void> {
    this.#disposed ??= (async () => {
      await this.#reloading?.catch(() => {});
      await Promise.all([...this.#contexts].map((context) => context.dispose()));
      this.#leave(this.#loaded.residency, disposed());
    })();
    return this.#disposed;
  }

  async #reload(device: GPUDevice, source: LoadSource): Promise<void> {
    if (this.#disposed) throw disposed();
    const old = this.#loaded;
    if (source === old.source && !old.again) {
      throw new TrtxError('SOURCE_SPENT', 'the engine came from a response, which cannot be read again', {
        hint: 'hand a new source to reload',
      });
    }
    this.#loaded = await load(source, { ...this.#options, device }, old.manifestCrc);
    for (const context of this.#contexts) context.release();
    this.#leave(
      old.residency,
      new TrtxError('DEVICE_LOST', 'the engine was moved to another device while this run was under way', {
        hint: 'run it again',
      }),
    );
    this.#watch();
  }

  #leave(residency: Residency, why: TrtxError): void {
    residency.end(why);
    residency.destroy();
    if (this.#options.ownsDevice) residency.device.destroy();
  }

  #current(): Residency {
    if (this.#disposed) throw disposed();
    const { residency } = this.#loaded;
    if (residency.error) throw residency.error;
    return residency;
  }

  #watch(): void {
    const { residency } = this.#loaded;
    residency.ended.then((error) => {
      if (this.#loaded.residency !== residency || this.#disposed) return;
      const { code, summary: message } = error;
      residency.log({ severity: 'error', code, message });
      for (const listener of this.#listeners) listener(error);
    });
  }
}

interface Loaded {
  readonly source: LoadSource;
  /** Whether the source can be read another time. */
  readonly again: boolean;
  readonly programs: readonly Program[];
  readonly residency: Residency;
  readonly manifestCrc: number;
}

async function load(from: LoadSource, options: LoadOptions, expectedCrc?: number): Promise<Loaded> {
  const source = openSource(from);
  try {
    const engine = await openEngine(source);
    const { manifestCrc } = engine.header;
    if (expectedCrc !== undefined && manifestCrc !== expectedCrc) {
      throw new TrtxError('ENGINE_CHANGED', 'the source has another engine now', {
        hint: 'load it as a new engine',
      });
    }
    const programs = compilePrograms(engine.plan, options.hostOps);
    const residency = await makeResidency(engine, programs, options);
    return { source: from, again: source.again, programs, manifestCrc, residency };
  } catch (error) {
    source.cancel();
    throw error;
  }
}

function disposed(): TrtxError {
  return new TrtxError('DISPOSED', 'the engine has been disposed', { hint: 'load it again' });
}
