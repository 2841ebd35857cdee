// The worker's script: does the job that it is sent.
import { runJob } from './job.ts';

addEventListener('message', async ({ data }) => postMessage(await runJob(data)));
