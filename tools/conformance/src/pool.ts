// Worker processes that share a list of cases. A case that crashes its process or takes too long fails alone: its process
// is replaced.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeviceOffer } from '@trtx/builder/node';
import type { BackendName } from './backends.ts';
import type { Case } from './cases.ts';
import type { Outcome } from './run-case.ts';

export interface PoolOptions {
  readonly backend: BackendName;
  /** What a WebGPU device has of its adapter; all by default. */
  readonly device?: DeviceOffer;
  /** Processes. */
  readonly jobs: number;
  /** Seconds that a case may take. */
  readonly timeout: number;
  /** The script of the processes, for tests. */
  readonly worker?: string;
  readonly onCase?: (result: CaseResult, done: number) => void;
}

export interface CaseResult extends Outcome {
  readonly case: string;
  readonly milliseconds: number;
}

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** Seconds that a process may take to start. */
const START_TIMEOUT = 120;

/** Runs all cases; results in the order of the cases. */
export async function runCases(cases: readonly Case[], options: PoolOptions): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    let worker: Worker | undefined;
    while (next < cases.length) {
      const index = next++;
      const testCase = cases[index]!;
      worker ??= await Worker.start(options);
      const start = performance.now();
      const answer = await worker.ask(testCase, options.timeout);
      if (answer.gone) worker = undefined;
      const milliseconds = Math.round(performance.now() - start);
      results[index] = { case: testCase.name, ...answer.outcome, milliseconds };
      options.onCase?.(results[index], ++done);
    }
    worker?.stop();
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.jobs, cases.length)) }, work));
  return results;
}

interface Answer {
  readonly outcome: Outcome;
  /** The process ended, or was ended. */
  readonly gone: boolean;
}

class Worker {
  #errors = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr!.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk).slice(-2000);
    });
  }

  static async start({ backend, device = 'all', worker: file = WORKER }: PoolOptions): Promise<Worker> {
    const worker = new Worker(fork(file, [backend, device], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }));
    const answer = await worker.#message(START_TIMEOUT);
    if (answer === 'ready') return worker;
    throw new Error(`a worker does not start: ${answer.reason}`);
  }

  async ask(testCase: Case, timeout: number): Promise<Answer> {
    this.#errors = '';
    const answer = this.#message(timeout);
    this.child.send(testCase);
    const outcome = await answer;
    return { outcome: outcome as Outcome, gone: this.child.killed || this.child.exitCode !== null };
  }

  stop(): void {
    this.child.disconnect();
  }

  /** The next message of the process, or its end as an outcome. */
  #message(seconds: number): Promise<Outcome | 'ready'> {
    const { child } = this;
    return new Promise((resolve) => {
      const finish = (message: Outcome | 'ready') => {
        clearTimeout(timer);
        child.off('message', finish);
        child.off('exit', ended);
        resolve(message);
      };
      const ended = (code: number | null, signal: string | null) =>
        finish(failure(`the process ended with ${signal ?? `status ${code}`}`, this.#errors));
      const timer = setTimeout(() => {
        child.off('exit', ended);
        child.kill('SIGKILL');
        finish(failure(`not done after ${seconds} s`, this.#errors));
      }, seconds * 1000);
      child.on('message', finish);
      child.on('exit', ended);
    });
  }
}

function failure(what: string, errors: string): Outcome {
  const last = errors.trim().split('\n').slice(-5).join('\n');
  return { reason: last ? `${what}\n${last}` : what, gpuNodes: 0, hostNodes: 0 };
}
