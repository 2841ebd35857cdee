// The page's script: takes its job from the server, does it here or in a worker, and hands the result back.
import { runJob } from './job.ts';
import type { Job, JobResult } from './wire.ts';

const url = `/jobs/${location.hash.slice(1)}`;
const job: Job = await (await fetch(url)).json();

function inWorker(): Promise<JobResult> {
  const worker = new Worker('/worker.js', { type: 'module' });
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: `the worker failed: ${message}` });
    worker.postMessage(job);
  });
}

/** Whether the policy of this page forbids to make code of text, as it is meant to. */
function evalWorks(): boolean {
  try {
    return new Function('return true')();
  } catch {
    return false;
  }
}

const result = evalWorks()
  ? { error: 'the policy lets eval through' }
  : await (job.where === 'worker' ? inWorker() : runJob(job));
await fetch(url, { method: 'POST', body: JSON.stringify(result) });
