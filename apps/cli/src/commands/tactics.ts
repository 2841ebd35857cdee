// trtx inspect --tactics: why each dispatch of an engine has its tactic.

import type { TacticRecord, TimingCache } from '@trtx/builder';
import { readTimingCache } from '@trtx/builder/node';
import { dispatchesOf, parseEngine, profileNames, profilesOf } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { readBytes, requireFile } from '../files.ts';
import { isEngineFile } from '../model.ts';
import { type ChosenTactic, choiceLines, type TimedProblem, timedLines } from '../report/choices.ts';
import type { Session } from '../session.ts';

/** @param cache a timing cache that has more of what was timed */
export async function inspectTactics(file: string, cache: string | undefined, session: Session): Promise<void> {
  if (!(await isEngineFile(file)))
    throw new TrtxError('NOT_AN_ENGINE', 'this is a model, which has no tactics yet', {
      file,
      hint: 'Build it by `trtx build`.',
    });
  if (cache !== undefined) await requireFile(cache);
  const times = cache === undefined ? undefined : await readTimingCache(cache);
  const plans = profilesOf(parseEngine(await readBytes(file, session.log)).plan);
  const names = profileNames(plans);
  const profiles = plans.map((plan, i) => {
    const dispatches = [...dispatchesOf(plan.steps)].map(({ label, nodes }, number): ChosenTactic => {
      const { timing, alternatives } = plan.work?.dispatches[number] ?? {};
      return { nodes, tactic: label, ...(timing ? { timing } : {}), ...(alternatives ? { alternatives } : {}) };
    });
    return { name: names[i]!, dispatches };
  });
  const problems = times
    ? timedProblems(
        profiles.flatMap(({ dispatches }) => dispatches),
        times,
      )
    : undefined;
  session.result({ kind: 'tactics', file, profiles, ...(problems ? { problems } : {}) }, [
    ...profiles.flatMap(({ name, dispatches }) => [
      ...(plans.length > 1 ? [`profile ${name}`] : []),
      ...choiceLines(dispatches),
    ]),
    ...(problems ?? []).flatMap(timedLines),
  ]);
}

/** What the cache has of the engine's problems, in the order of its dispatches. */
function timedProblems(dispatches: readonly ChosenTactic[], cache: TimingCache): TimedProblem[] {
  const keys = new Set(dispatches.flatMap(({ timing }) => (timing ? [timing.problem] : [])));
  return [...keys].flatMap((problem) =>
    cache.devices.flatMap(({ key, problems }): TimedProblem[] => {
      const records = problems.get(problem);
      if (!records) return [];
      const tactics = [...records].map(([tactic, record]) => ({ tactic, ...record }));
      const us = (record: TacticRecord) => record.us ?? Number.POSITIVE_INFINITY;
      return [{ problem, device: key.device || key.description, tactics: tactics.sort((a, b) => us(a) - us(b) || 0) }];
    }),
  );
}
