// @trtx/profiler/node: peaks of devices, kept in a file.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DevicePeak, PeakStore } from './peak.ts';

/** The user's folder for caches: `XDG_CACHE_HOME`, or what the system has for it. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'trtx');
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'trtx');
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'trtx');
}

/** Peaks by device in a JSON file. Where it cannot be read or written, nothing is kept, and nothing fails. */
export function peakFile(path = join(cacheFolder(), 'peaks.json')): PeakStore {
  const read = async (): Promise<Record<string, DevicePeak>> => {
    try {
      const peaks: unknown = JSON.parse(await readFile(path, 'utf8'));
      return typeof peaks === 'object' && peaks !== null ? (peaks as Record<string, DevicePeak>) : {};
    } catch {
      return {};
    }
  };
  return {
    async get(key) {
      const peak = (await read())[key];
      return peak && peak.flopsPerSecond > 0 && peak.bytesPerSecond > 0 ? peak : undefined;
    },
    async set(key, peak) {
      const text = `${JSON.stringify({ ...(await read()), [key]: peak }, null, 2)}\n`;
      try {
        await mkdir(dirname(path), { recursive: true });
        const part = `${path}.${process.pid}`;
        await writeFile(part, text);
        await rename(part, path);
      } catch {
        // It is measured again the next time.
      }
    },
  };
}
