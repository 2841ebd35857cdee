// The script and styles of pages, bundled: `npx vitest run packages/viewer/src/client.test.ts -u` after a change of client/.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

async function bundled(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`client/${file}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@trtx/source'],
    charset: 'utf8',
    write: false,
  });
  return outputFiles[0]!.text;
}

function asset(name: string, text: string): string {
  const sha256 = createHash('sha256').update(text).digest('base64');
  return `export const ${name}: Asset = {\n  text: ${JSON.stringify(text)},\n  sha256: '${sha256}',\n};\n`;
}

it('has what client/ is now, as pages have it', async () => {
  const [script, styles] = [await bundled('main.ts'), await bundled('styles.css')];
  // In a page they stand between tags.
  expect(`${script}${styles}`).not.toMatch(/<\/|<!--/);
  expect(script.length + styles.length).toBeLessThan(60_000);
  await expect(
    `// Written by client.test.ts from client/: \`npx vitest run packages/viewer/src/client.test.ts -u\`.

import type { Asset } from './page.ts';

${asset('script', script)}
${asset('styles', styles)}`,
  ).toMatchFileSnapshot('client.generated.ts');
});
