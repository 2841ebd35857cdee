// An engine on one device: its weights and pipelines there, and the fate of that device. When the device is lost, all
// that waits on it is told so at once; a reload makes a new residency.
import { isTrtxError, type Logger, TrtxError } from '@trtx/errors';
import type { Program } from './program.ts';

/** How long a failed operation waits for the news that the device is lost, which may come a little later. */
const LOSS_NOTICE_MS = 50;

/** What has to hear of the loss of each device. */
const residents = new WeakMap<GPUDevice, Set<Residency>>();

/**
 * The residencies on a device. One callback serves all of them: callbacks of `device.lost` stay as long as the device
 * lives, and so would every engine that was ever loaded on it.
 */
function residentsOf(device: GPUDevice): Set<Residency> {
  const known = residents.get(device);
  if (known) return known;
  const set = new Set<Residency>();
  residents.set(device, set);
  device.lost.then(({ reason, message }) => {
    const error = new TrtxError(
      'DEVICE_LOST',
      `the device is lost (${reason || 'unknown'})${message ? `: ${message}` : ''}`,
      { hint: 'request a new device and call engine.reload(device)' },
    );
    for (const residency of [...set]) residency.end(error);
    residents.delete(device);
  });
  return set;
}

export class Residency {
  readonly device: GPUDevice;
  /** One for each profile. Weights, layouts and pipelines are those of all of them. */
  readonly programs: readonly Program[];
  /** Buffers of the plan that contexts share, by index; holes for those that each context makes. */
  readonly buffers: (GPUBuffer | undefined)[] = [];
  /** Constants that host steps read, by buffer of the plan. */
  readonly constants = new Map<number, Uint8Array<ArrayBuffer>>();
  layouts: readonly GPUBindGroupLayout[] = [];
  pipelines: readonly GPUComputePipeline[] = [];
  /** Bytes of all buffers made for this engine, those of its contexts included. */
  bytesHeld = 0;
  /** Resolves when the device is lost or the residency has ended. */
  readonly ended: Promise<TrtxError>;
  #end: ((error: TrtxError) => void) | undefined;
  #error: TrtxError | undefined;
  readonly #waiting = new Set<(error: TrtxError) => void>();

  /** Takes records of what goes on. */
  readonly log: Logger;

  constructor(device: GPUDevice, programs: readonly Program[], log: Logger) {
    this.device = device;
    this.programs = programs;
    this.log = log;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    residentsOf(device).add(this);
  }

  /** Why nothing can run here any more. */
  get error(): TrtxError | undefined {
    return this.#error;
  }

  /** Fails everything that waits on the device, now and later. The first call counts. */
  end(error: TrtxError): void {
    if (this.#error) return;
    this.#error = error;
    residentsOf(this.device).delete(this);
    this.#end?.(error);
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  /** Gives buffers back, and their bytes. */
  free(buffers: Iterable<GPUBuffer | undefined>): void {
    for (const buffer of buffers) {
      this.bytesHeld -= buffer?.size ?? 0;
      buffer?.destroy();
    }
  }

  /** Frees the weights. */
  destroy(): void {
    this.free(this.buffers.splice(0));
  }

  /**
   * The result of a GPU operation, or the error of this residency if that ends first. An error of the operation is
   * reported as `GPU_FAILED`, unless it turns out to come from the loss of the device.
   */
  guard<T>(operation: Promise<T>, what: string): Promise<T> {
    // Not Promise.race with `ended`: every race would stay in that promise's memory as long as the device lives.
    return new Promise((resolve, reject) => {
      if (this.#error) reject(this.#error);
      else this.#waiting.add(reject);
      operation.then(
        (value) => {
          this.#waiting.delete(reject);
          resolve(value);
        },
        async (cause) => {
          const error = await this.explain(cause, what);
          this.#waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** The error to report when an operation on the device failed with `cause`. */
  async explain(cause: unknown, what: string): Promise<TrtxError> {
    if (isTrtxError(cause)) return this.#error ?? cause;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, LOSS_NOTICE_MS, undefined);
    });
    const lost = await Promise.race([this.ended, later]);
    clearTimeout(timer);
    return (
      lost ??
      new TrtxError('GPU_FAILED', `${what} failed: ${String((cause as Error)?.message ?? cause)}`, {
        hint: 'if it happens again, request a new device and call engine.reload(device)',
        cause,
      })
    );
  }
}
