// Pages in a headless Chromium, from a file and with no network, as their readers open them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '@trtx/software-gpu';
import axe from 'axe-core';

type Browser = Awaited<ReturnType<typeof launchChromium>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

/** Where pictures of the pages lie, for people to judge. */
const PICTURES = resolve(import.meta.dirname, '../../node_modules/.cache/trtx/viewer');

export class OpenPage {
  /** Requests that left the page, errors, and lines of its console. */
  readonly complaints: string[] = [];

  constructor(readonly page: Page) {
    page.on('console', (message) => this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** Types into the search and goes to the first match. */
  async search(text: string): Promise<void> {
    await this.page.keyboard.press('/');
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** The text of an element as it is shown. */
  text(selector: string): Promise<string> {
    return this.page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`) as Promise<string>;
  }

  async press(label: string): Promise<void> {
    await this.page.click(`button[title="${label}"]`);
  }

  /** The middle of a graph's pane. */
  async middle(label: string): Promise<{ x: number; y: number }> {
    const canvas = await this.page.$(`section[aria-label="${label}"] canvas.graph`);
    const box = await canvas!.boundingBox();
    return { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 };
  }

  /** A picture of the page, kept under the name where it has one. */
  async picture(name?: string): Promise<string> {
    // What was asked for is painted in the next frames, or has moved there within half a second.
    await new Promise((done) => setTimeout(done, 600));
    const bytes = await this.page.screenshot({ type: 'png' });
    if (name) {
      mkdirSync(PICTURES, { recursive: true });
      writeFileSync(join(PICTURES, `${name}.png`), bytes);
    }
    return Buffer.from(bytes).toString('base64');
  }

  /** What the accessibility checker finds. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const found = (await this.page.evaluate('axe.run()')) as axe.AxeResults;
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }
}

export class PageBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'trtx-viewer-'));

  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<PageBrowser> {
    return new PageBrowser(await launchChromium());
  }

  async open(html: string, { dark = false } = {}): Promise<OpenPage> {
    const file = join(this.#folder, 'page.html');
    writeFileSync(file, html);
    const page = await this.browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
    const open = new OpenPage(page);
    const url = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== url) open.complaints.push(request.url());
    });
    await page.goto(url);
    await page.waitForSelector('.app canvas.graph');
    return open;
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.#folder, { recursive: true });
  }
}
