// What is in a page that a command wrote.

import { readFileSync } from 'node:fs';

export function pageData<T>(file: string): T {
  const [, json] = readFileSync(file, 'utf8').match(/<script id="data" type="application\/json">(.*?)<\/script>/s)!;
  return JSON.parse(json!) as T;
}
