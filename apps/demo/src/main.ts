/**
 * The command of the demo: reads the text in a picture and shows what it read.
 *
 * Exit status: 0 when it worked; 1 when something broke, or the demo's own picture was misread; 2 for wrong use.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { progressOn } from '@trtx/cli/progress';
import { isTrtxError } from '@trtx/errors';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { annotate } from './annotate.ts';
import { readAlphabet } from './models.ts';
import { type BuildProgress, buildNets } from './nets.ts';
import { loadPicture, savePicture } from './picture.ts';
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

/** On standard error: a bar on a terminal, else a line for each network and each stage of reading. */
const progress = progressOn(process.stderr, (doing, total, unit) => {
  if (unit === 'pipelines') return `${doing}: ${total} pipelines`;
  return unit === '' ? doing : undefined;
});

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
  const { adapter, release, ...nets } = await buildNets(showBuild);
  const built = performance.now();
  const stopwatch = startStopwatch(nets);
  const lines = await readPicture(picture, stopwatch.nets, {
    alphabet,
    onProgress(step) {
      stopwatch.onProgress(step);
      progress.show(DOING[step.stage], step.done, step.total, '');
    },
  });
  progress.end();
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

/** Shows the steps of a build that take their time. */
function showBuild({ name, stage, done, total }: BuildProgress): void {
  if (stage === 'optimize' || stage === 'kernels' || stage === 'pipelines')
    progress.show(`building ${name}`, done, total, stage);
}

function report(error: unknown): number {
  // Commander has already written its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (isTrtxError(error) && error.code === 'PICTURE') {
    console.error(`error: ${error.place.file}: ${error.summary}`);
    console.error('See --help.');
    return 2;
  }
  console.error(error);
  return 1;
}

process.exitCode = await main()
  .finally(() => progress.end())
  .catch(report);
