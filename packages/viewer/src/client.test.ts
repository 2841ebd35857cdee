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
  const [script, profileScript, styles] = await Promise.all(['main.ts', 'plan/main.ts', 'styles.css'].map(bundled));
  // In a page they stand between tags.
  expect(`${script}${profileScript}${styles}`).not.toMatch(/<\/|<!--/);
  for (const each of [script, profileScript]) expect(each!.length + styles!.length).toBeLessThan(60_000);
  await expect(
    `// Written by client.test.ts from client/: \`npx vitest run packages/viewer/src/client.test.ts -u\`.

import type { Asset } from './page.ts';

${asset('script', script!)}
${asset('profileScript', profileScript!)}
${asset('styles', styles!)}`,
  ).toMatchFileSnapshot('client.generated.ts');
});
