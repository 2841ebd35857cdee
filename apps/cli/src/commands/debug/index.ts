// trtx debug: a group of commands that find what a wrong number comes from.

import type { Command } from 'commander';
import type { Session } from '../../session.ts';
import { addDebugPasses } from './passes.ts';
import { addDebugPrecision } from './precision.ts';
import { addDebugReduce } from './reduce.ts';
import { addTactics } from './tactics.ts';

/** Each adds one command. */
const COMMANDS = [addTactics, addDebugReduce, addDebugPasses, addDebugPrecision] as const;

export function addDebug(program: Command, session: Session): void {
  const group = program.command('debug').description('Finds what a wrong number comes from, in a model that fails.');
  for (const add of COMMANDS) add(group, session);
  group.action(() => group.help({ error: false }));
}
