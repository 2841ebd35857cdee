// @trtx/cli/progress: how far a command is. A bar on a terminal, a line for each stage elsewhere; only ever on stderr.

import { Presets, SingleBar } from 'cli-progress';
import { bytesText } from './text.ts';

export interface Progress {
  /** Tells the state of a stage. A new name begins a new stage. */
  show(stage: string, done: number, total: number, label: string): void;
  /** Takes the bar away. */
  end(): void;
}

/** Shows nothing: for `--json` and `--quiet`. */
export function noProgress(): Progress {
  return { show() {}, end() {} };
}

/** The line that tells of a stage. Where it is undefined, the stage's next step is asked. */
export type StageLine = (stage: string, total: number, label: string) => string | undefined;

/** A bar if the stream is a terminal, else plain lines. */
export function progressOn(stream: NodeJS.WriteStream, line: StageLine = stageLine): Progress {
  return stream.isTTY ? bar(stream) : lines(stream, line);
}

function stageLine(stage: string, total: number, label: string): string {
  const count = stage === 'weights' ? bytesText(total) : total > 1 ? String(total) : label;
  return `trtx: ${stage}${count ? ` (${count})` : ''}`;
}

function bar(stream: NodeJS.WriteStream): Progress {
  const shown = new SingleBar(
    {
      stream,
      format: '[{bar}] {stage} {value}/{total} {label}',
      clearOnComplete: true,
      hideCursor: false,
      barsize: 24,
    },
    Presets.legacy,
  );
  let active = false;
  return {
    show(stage, done, total, label) {
      const payload = { stage, label: label.slice(0, 40) };
      if (active) {
        shown.setTotal(total);
        shown.update(done, payload);
      } else shown.start(total, done, payload);
      active = true;
    },
    end() {
      if (active) shown.stop();
      active = false;
    },
  };
}

function lines(stream: NodeJS.WriteStream, line: StageLine): Progress {
  const told = new Set<string>();
  return {
    show(stage, _, total, label) {
      if (told.has(stage)) return;
      const text = line(stage, total, label);
      if (text === undefined) return;
      told.add(stage);
      stream.write(`${text}\n`);
    },
    end() {},
  };
}
