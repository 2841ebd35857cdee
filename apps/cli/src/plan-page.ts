// --html of commands about engines: the plan, with what it costs where that was measured, as a page to look at.

import type { PlanLayers, ProfileSummary } from '@trtx/profiler';
import { profilePage } from '@trtx/viewer';
import { writeWhole } from './files.ts';
import type { WrittenPage } from './page.ts';
import { bytesText } from './text.ts';

export interface PlanPage {
  readonly title: string;
  readonly plan: PlanLayers;
  readonly profile?: ProfileSummary;
  readonly notes?: readonly string[];
}

/** @throws TrtxError FILE_WRITE */
export async function writePlanPage(file: string, page: PlanPage): Promise<WrittenPage> {
  const bytes = new TextEncoder().encode(profilePage(page));
  await writeWhole(file, [bytes]);
  return { file, bytes: bytes.length };
}

export function planPageLines(page: WrittenPage | undefined): string[] {
  return page ? [`${page.file}: ${bytesText(page.bytes)}, the plan`] : [];
}
