#!/usr/bin/env node
// The trtx command. The process ends by itself: nothing here waits or calls exit.

import { trtx } from './program.ts';

// The reader of a pipe may leave (`trtx inspect m.trtx | head`). That is no error, and files are written all the same.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

process.exitCode = await trtx(process.argv.slice(2));
