// A strict content security policy forbids making code from text; V8 can forbid the same. The importer and the exporter
// must do without.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { OCR } from '../support/models.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('makes no code from text', async () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { exportModel, importModel, surveyModel } from '@trtx/onnx';
    let allowed = true;
    try { new Function('return 1')(); } catch { allowed = false; }
    const bytes = readFileSync(${JSON.stringify(OCR.classifier)});
    surveyModel(bytes);
    const { graph } = await importModel(exportModel((await importModel(bytes)).graph));
    console.log(JSON.stringify({ allowed, nodes: graph.nodes.size }));
  `;
  const args = ['--disallow-code-generation-from-strings', '--conditions=@trtx/source', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '--input-type=module', '--eval', script], {
    cwd: root,
  });
  expect(JSON.parse(stdout)).toEqual({ allowed: false, nodes: 221 });
});
