// How far a command is: a bar on a terminal, a line for each stage elsewhere. Only ever on stderr.

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

/** A bar if the stream is a terminal, else plain lines. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const shown = new SingleBar(
    {
      stream,
      format: '{stage} [{bar}] {value}/{total} {label}',
      clearOnComplete: true,
      hideCursor: false,
      barsize: 24,
    },
    Presets.legacy,
  );
  let active = false;
  return {
    show(stage, done, total, label) {
      const payload = { stage: stage.padEnd(10), label: label.slice(0, 40) };
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

function lines(stream: NodeJS.WriteStream): Progress {
  const told = new Set<string>();
  return {
    show(stage, _, total, label) {
      if (told.has(stage)) return;
      told.add(stage);
      const count = stage === 'weights' ? bytesText(total) : total > 1 ? String(total) : label;
      stream.write(`trtx: ${stage}${count ? ` (${count})` : ''}\n`);
    },
    end() {},
  };
}
