// Runs engine files in a real headless browser, on pages with a strict content security policy.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { HostTensor } from '@trtx/runtime';
import { launchChromium } from '@trtx/software-gpu';
import { bundle } from '../../tools/size/src/bundle.mjs';
import { decode, encode, type Job, type JobResult, mapFields } from './wire.ts';

export interface BrowserRun {
  readonly outputs: Readonly<Record<string, HostTensor>>;
  /** The adapter in words. */
  readonly adapter: string;
  readonly codes: readonly string[];
}

export interface BrowserRunOptions {
  readonly where: Job['where'];
  readonly loseDevice?: boolean;
}

export interface BrowserRunner {
  /** Loads an engine file in the browser and runs it once. Throws what went wrong there. */
  run(
    engine: Uint8Array<ArrayBuffer>,
    inputs: Readonly<Record<string, HostTensor>>,
    options: BrowserRunOptions,
  ): Promise<BrowserRun>;
  close(): Promise<void>;
}

/** No inline script, no eval, nothing from elsewhere. */
const POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";

interface Running {
  readonly job: Job;
  readonly engine: Uint8Array<ArrayBuffer>;
  readonly resolve: (result: JobResult) => void;
}

/** Starts a server on 127.0.0.1 and a browser. */
export async function startBrowserRunner(): Promise<BrowserRunner> {
  const scripts = new Map<string, string>();
  for (const name of ['page', 'worker']) {
    const { text } = await bundle({ file: fileURLToPath(new URL(`${name}.ts`, import.meta.url)) });
    scripts.set(`/${name}.js`, text);
  }
  const running = new Map<string, Running>();
  const server = createServer((request, response) => void serve(request, response, scripts, running));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchChromium();
  let jobs = 0;

  return {
    async run(engine, inputs, { where, loseDevice = false }) {
      const id = String(++jobs);
      const job: Job = { where, loseDevice, engine: `/engines/${id}`, inputs: mapFields(inputs, encode) };
      const page = await browser.newPage();
      try {
        const {
          outputs,
          adapter = '',
          codes = [],
          error,
        } = await new Promise<JobResult>((resolve, reject) => {
          running.set(id, { job, engine, resolve });
          page.on('pageerror', (fault) => resolve({ error: String(fault) }));
          page.goto(`${origin}/#${id}`).catch(reject);
        });
        if (error || !outputs) throw new Error(`in the ${where}: ${error}`);
        return { outputs: mapFields(outputs, decode), adapter, codes };
      } finally {
        running.delete(id);
        await page.close();
      }
    },
    async close() {
      await browser.close();
      await closeServer(server);
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  scripts: ReadonlyMap<string, string>,
  running: ReadonlyMap<string, Running>,
): Promise<void> {
  const send = (type: string, body: string | Uint8Array) => response.setHeader('content-type', type).end(body);
  response.setHeader('content-security-policy', POLICY);
  const url = request.url ?? '/';
  const [, kind, id = ''] = url.split('/');
  const found = running.get(id);
  const script = scripts.get(url);
  if (url === '/')
    send('text/html', '<!doctype html><title>trtx</title><script type="module" src="/page.js"></script>');
  else if (script) send('text/javascript', script);
  else if (kind === 'engines' && found) send('application/octet-stream', found.engine);
  else if (kind === 'jobs' && found && request.method === 'POST') {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    send('text/plain', 'thanks');
    found.resolve(JSON.parse(Buffer.concat(parts).toString('utf8')));
  } else if (kind === 'jobs' && found) send('application/json', JSON.stringify(found.job));
  else response.writeHead(404).end();
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
