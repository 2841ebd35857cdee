// A software WebGPU adapter and a headless Chromium, both from one npm package, so that tests need no GPU, no browser
// on the machine and no root. @sparticuz/chromium carries SwiftShader, a Vulkan driver on the CPU, beside its browser;
// Dawn, in the webgpu package, opens the Vulkan loader by name, so the loader is found through LD_LIBRARY_PATH, which
// only works when it is set before the process starts. Hence the wrapper in main.mjs.
import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from './cache.mjs';

/** Where the packed files lie; null where the package is not installed or this platform cannot run them. */
async function archives() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  let entry;
  try {
    entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
  } catch {
    return null;
  }
  let dir = dirname(entry);
  while (!existsSync(join(dir, 'package.json')) || !existsSync(join(dir, 'bin'))) {
    if (dir === dirname(dir)) return null;
    dir = dirname(dir);
  }
  const { version } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'));
  const bin = join(dir, 'bin');
  return {
    /** @param {string} name */
    file: (name) => join(bin, name),
    /** Names a folder of the cache after what is unpacked into it. @param {string} what @param {string[]} names */
    key: (what, names) => `${what}-${version}-${names.map((name) => statSync(join(bin, name)).size).join('-')}`,
  };
}

/**
 * The environment variables under which Dawn finds SwiftShader; null where there is none for this platform. Unpacks it
 * on first use. The variables must be set before a process starts: use the wrapper, or give them to `spawn`.
 *
 * @returns {Promise<Record<string, string> | null>}
 */
export async function softwareGpuEnv() {
  const packed = await archives();
  if (!packed) return null;
  const names = ['swiftshader.tar.br'];
  const dir = await cached(packed.key('swiftshader', names), async (into) => {
    const { unpackTar } = await import('./unpack.mjs');
    // libEGL and libGLESv2 are in there too, but would hide the system's from every program under the wrapper.
    await unpackTar(packed.file(names[0]), into, (name) => /(vk_swiftshader|libvulkan)/.test(name));
  });
  const icd = join(dir, 'vk_swiftshader_icd.json');
  const before = process.env.LD_LIBRARY_PATH;
  const parts = before ? before.split(delimiter).filter((part) => part !== dir) : [];
  return {
    LD_LIBRARY_PATH: [dir, ...parts].join(delimiter),
    VK_ICD_FILENAMES: icd,
    // The newer name of the same setting; where both are set the loader reads this one.
    VK_DRIVER_FILES: icd,
    ...lessWaste(),
  };
}

/** Variables that leave the adapter more of the processor: together they halve the time of tests that compile much. */
function lessWaste() {
  const waits = `--import=${new URL('./quiet-waits.mjs', import.meta.url).href}`;
  const options = process.env.NODE_OPTIONS ?? '';
  return {
    NODE_OPTIONS: options.includes(waits) ? options : `${options} ${waits}`.trim(),
    // Of glibc: what a compilation frees is kept for the next one. Else each gives tens of megabytes back and takes them
    // again, a page fault for each page.
    MALLOC_TRIM_THRESHOLD_: `${256 * 2 ** 20}`,
    MALLOC_MMAP_THRESHOLD_: `${32 * 2 ** 20}`,
    MALLOC_TOP_PAD_: `${16 * 2 ** 20}`,
  };
}

const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** The folder with the unpacked browser; throws where there is none for this platform. */
async function chromiumDir() {
  const packed = await archives();
  if (!packed) throw new Error(`@sparticuz/chromium has no browser for ${process.platform} ${process.arch}`);
  const names = ['chromium.br', 'swiftshader.tar.br', 'al2023.tar.br', 'fonts.tar.br'];
  return cached(packed.key('chromium', names), async (into) => {
    const { unpackFile, unpackTar } = await import('./unpack.mjs');
    await Promise.all([
      unpackFile(packed.file('chromium.br'), join(into, 'chromium'), 0o755),
      // Beside the executable, where Chromium looks for its graphics libraries.
      unpackTar(packed.file('swiftshader.tar.br'), into),
      unpackTar(packed.file('al2023.tar.br'), into),
      unpackTar(packed.file('fonts.tar.br'), into),
    ]);
    // In place of the packed one, which names absolute folders of another machine.
    await writeFile(join(into, 'fonts.conf'), fontsConf);
  });
}

/** The headless Chromium's executable, unpacked on first use. It must be started with `chromiumOptions().env`. */
export async function chromiumPath() {
  return join(await chromiumDir(), 'chromium');
}

/**
 * How to start the headless Chromium with SwiftShader as its WebGPU adapter: what `puppeteer.launch` takes. A page must
 * be a secure context (https, or http on 127.0.0.1 or localhost) to see `navigator.gpu`.
 */
export async function chromiumOptions() {
  const dir = await chromiumDir();
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^VK_/.test(name)));
  return {
    executablePath: join(dir, 'chromium'),
    headless: /** @type {const} */ ('shell'),
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--enable-unsafe-webgpu',
      '--enable-features=WebGPU,Vulkan',
      '--use-angle=swiftshader',
      '--use-webgpu-adapter=swiftshader',
      '--use-vulkan=swiftshader',
      '--ignore-gpu-blocklist',
    ],
    env: /** @type {Record<string, string>} */ ({
      ...inherited,
      LD_LIBRARY_PATH: join(dir, 'lib'),
      FONTCONFIG_FILE: join(dir, 'fonts.conf'),
      HOME: process.env.HOME ?? dir,
    }),
  };
}

/** Starts the headless Chromium; close it with `browser.close()`. */
export async function launchChromium() {
  const { launch } = await import('puppeteer-core');
  return launch(await chromiumOptions());
}
