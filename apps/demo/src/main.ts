/**
 * The command of the demo: reads the text in a picture and shows what it read.
 *
 * Exit status: 0 when it worked; 1 when something broke, or the demo's own picture was misread; 2 for wrong use.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SingleBar } from 'cli-progress';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { annotate } from './annotate.ts';
import { readAlphabet } from './models.ts';
import { buildNets } from './nets.ts';
import { loadPicture, PictureError, savePicture } from './picture.ts';
import { type Line, readPicture, type Stage } from './read.ts';
import { linesTable, timesTable } from './report.ts';
import { startStopwatch } from './stopwatch.ts';

const DEMO_PICTURE = fileURLToPath(new URL('../assets/demo.png', import.meta.url));
const DEMO_LINES = fileURLToPath(new URL('../assets/demo.json', import.meta.url));

const OUT_FOLDER = 'demo-out';

/** Where the user stands: npm starts scripts in the folder of their package. */
const here = process.env.INIT_CWD ?? process.cwd();

const DOING: Record<Stage, string> = {
  detect: 'finding lines',
  rectify: 'straightening lines',
  classify: 'turning lines upright',
  recognize: 'reading lines',
};

async function main(): Promise<number> {
  const program = new Command('demo')
    .description('Reads the text in a picture with the three networks of PP-OCR.')
    .argument('[picture]', 'a PNG or JPEG file (default: the picture that comes with the demo)')
    .option('--out <file>', 'the annotated picture, a PNG (default: demo-out/<picture>.png)', parsePng)
    .exitOverride();
  program.parse();
  const options = program.opts<{ out?: string }>();
  const path = program.args[0] === undefined ? DEMO_PICTURE : resolve(here, program.args[0]);
  const out = resolve(here, options.out ?? join(OUT_FOLDER, `${basename(path, extname(path))}.png`));

  const picture = await loadPicture(path);
  const alphabet = await readAlphabet();
  const start = performance.now();
  const { adapter, release, ...nets } = await withBar((bar) =>
    buildNets(({ name, stage, done, total }) => showProgress(bar, `${name}: ${stage}`, done, total)),
  );
  const built = performance.now();
  const stopwatch = startStopwatch(nets);
  const lines = await withBar((bar) =>
    readPicture(picture, stopwatch.nets, {
      alphabet,
      onProgress(progress) {
        stopwatch.onProgress(progress);
        showProgress(bar, DOING[progress.stage], progress.done, progress.total);
      },
    }),
  );
  await release();
  if (options.out === undefined) await makeIgnoredFolder(resolve(here, OUT_FOLDER));
  await savePicture(out, annotate(picture, lines));

  console.log(`\n${relative(here, path)}: ${picture.width} x ${picture.height} pixels, ${lines.length} lines\n`);
  if (lines.length > 0) console.log(`${linesTable(lines)}\n`);
  console.log(`${timesTable(built - start, stopwatch.times())}\n`);
  console.log(`adapter  ${adapter}`);
  console.log(`written  ${relative(here, out)}`);
  return path === DEMO_PICTURE ? await check(lines) : 0;
}

/** Compares with what the demo's own picture says. */
async function check(lines: readonly Line[]): Promise<number> {
  const expected: string[] = JSON.parse(await readFile(DEMO_LINES, 'utf8')).lines;
  const wrong = expected.filter((text, i) => lines[i]?.text !== text);
  if (wrong.length === 0 && lines.length === expected.length) {
    console.log(`checked  all ${expected.length} lines are read right`);
    return 0;
  }
  console.error(
    `checked  ${lines.length} lines for ${expected.length}; misread, or out of order: ${wrong.join(' | ')}`,
  );
  return 1;
}

function parsePng(path: string): string {
  if (extname(path).toLowerCase() !== '.png') throw new InvalidArgumentError('It must end with .png.');
  return path;
}

/** A folder for results that git ignores wherever it lies. */
async function makeIgnoredFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, '.gitignore'), '*\n');
}

/** Shows a progress bar on a terminal while `work` runs. */
async function withBar<T>(work: (bar: SingleBar) => Promise<T>): Promise<T> {
  const bar = new SingleBar({
    format: '{bar} {doing}',
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  });
  bar.start(1, 0, { doing: '' });
  try {
    return await work(bar);
  } finally {
    bar.stop();
  }
}

function showProgress(bar: SingleBar, doing: string, done: number, total: number): void {
  bar.setTotal(Math.max(1, total));
  bar.update(done, { doing });
}

function report(error: unknown): number {
  // Commander has already written its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof PictureError) {
    console.error(`error: ${error.message}`);
    console.error('See --help.');
    return 2;
  }
  console.error(error);
  return 1;
}

process.exitCode = await main().catch(report);
