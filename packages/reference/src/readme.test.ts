import { readFileSync } from 'node:fs';
import * as ir from '@trtx/ir';
import { expect, it } from 'vitest';
import * as reference from './index.ts';

it('the example of the readme does what it says', async () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(text)![1]!;
  const body = code.replace(/import \{(.*)\} from '(.*)';/g, 'const {$1} = modules["$2"];');
  const printed: unknown[] = [];
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<void>;
  const modules = { '@trtx/ir': ir, '@trtx/reference': reference };
  await new AsyncFunction('modules', 'console', body)(modules, { log: (value: unknown) => printed.push(value) });
  expect(printed).toEqual([Float32Array.of(5, 0)]);
});
