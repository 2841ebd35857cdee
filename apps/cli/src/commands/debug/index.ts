// trtx debug: a group of commands that find who is to blame for a wrong number.

import { Command } from 'commander';
import type { Session } from '../../session.ts';
import { addTactics } from './tactics.ts';

/** Each adds one command. */
const COMMANDS: readonly ((group: Command, session: Session) => void)[] = [addTactics];

export function addDebug(program: Command, session: Session): void {
  const group = new Command('debug').description('Finds what a wrong number comes from, in a model that fails.');
  for (const add of COMMANDS) add(group, session);
  program.addCommand(group);
}
