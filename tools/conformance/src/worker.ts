// A process that runs cases for the pool, one at a time, and keeps its device between them.

import type { DeviceOffer } from '@trtx/builder/node';
import { type BackendName, openExecutor } from './backends.ts';
import type { Case } from './cases.ts';
import { runCase } from './run-case.ts';

const [backend, device] = process.argv.slice(2);
const executor = await openExecutor(backend as BackendName, device as DeviceOffer);

process.on('message', async (testCase: Case) => {
  process.send!(await runCase(testCase, executor));
});
// The pool has ended: nothing is left to do, and a device would keep the process alive.
process.on('disconnect', () => process.exit(0));
process.send!('ready');
