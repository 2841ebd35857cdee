// Packed packages: their manifests and types; and in empty projects, under npm and pnpm, what comes along and that it works.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { scaffold } from '../../tools/new/src/scaffold.ts';
import { encodeModel } from '../support/onnx-oracle.ts';
import { lintManifests, lintTypes } from './lint.ts';
import { Project, type ProjectOptions } from './project.ts';
import { type Packed, packAll, root } from './tarballs.ts';

let packed: Packed;
beforeAll(() => {
  packed = packAll();
}, 900_000);

/** A project that goes with the test. */
function project(options: ProjectOptions): Project {
  const made = new Project(packed, options);
  onTestFinished(() => rmSync(made.folder, { recursive: true }));
  return made;
}

it('have manifests that publint has nothing to say about', async () => {
  expect(await lintManifests(packed)).toEqual([]);
});

it('have types wherever they have code', async () => {
  expect(await lintTypes(packed)).toEqual([]);
});

describe.each(['npm', 'pnpm'] as const)('under %s', (manager) => {
  it('@trtx/passes brings neither webgpu nor protobufjs along, and optimizes', () => {
    const own = project({ manager, install: ['@trtx/ir', '@trtx/passes'] });
    expect(own.packages()).toEqual(['@trtx/errors', '@trtx/ir', '@trtx/passes', '@trtx/reference']);
    own.write(
      'main.js',
      `import { parseGraph, standardOps } from '@trtx/ir';
      import { optimize } from '@trtx/passes';
      const graph = parseGraph('graph g\\n  input x: float32[N]\\n  i = Identity(x)\\n  y = Max(i, float32[] [0])\\n  output y\\n', standardOps);
      optimize(graph, { verify: true });
      console.log([...graph.nodes].map(({ op }) => op.name).join());`,
    );
    expect(own.run('node', 'main.js')).toEqual({ status: 0, out: 'Relu\n', err: '' });
  });

  it('@trtx/passes and @trtx/onnx make a file smaller', () => {
    const own = project({ manager, install: ['@trtx/onnx', '@trtx/passes'] });
    expect(own.packages()).not.toContain('webgpu');
    const b = new GraphBuilder('net');
    const x = b.input('x', 'float32', ['N', 4]);
    b.output('y', b.Relu(b.Transpose(b.Transpose(x, { perm: [1, 0] }), { perm: [1, 0] })));
    own.write('model.onnx', exportModel(b.graph));
    own.write(
      'main.js',
      `import { exportFile, importFile } from '@trtx/onnx/node';
      import { optimize } from '@trtx/passes';
      const { graph } = await importFile('model.onnx');
      optimize(graph);
      await exportFile(graph, 'smaller.onnx');
      const again = await importFile('smaller.onnx');
      console.log(again.nodes.map(({ op }) => op).join());`,
    );
    expect(own.run('node', 'main.js')).toEqual({ status: 0, out: 'Relu\n', err: '' });
  });
});

describe('the examples', () => {
  it.each([
    ['custom-pass', 'npm'],
    ['custom-pass', 'pnpm'],
    ['pointwise-op', 'npm'],
    ['kernels', 'pnpm'],
  ] as const)('%s passes its own tests, installed by %s', (name, manager) => {
    const own = project({ manager, install: [], from: join(root, 'examples', name) });
    expect(own.run('vitest', 'run')).toMatchObject({ status: 0, out: expect.stringMatching(/Tests +\d+ passed/) });
  });

  it.each([
    ['pass', 'pnpm'],
    ['plugin', 'npm'],
  ] as const)('and what `npm run new -- %s` makes passes its own, installed by %s', (kind, manager) => {
    const folder = mkdtempSync(join(tmpdir(), 'trtx-new-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const from = join(folder, 'own');
    scaffold(kind, 'own', from);
    const own = project({ manager, install: [], from });
    expect(own.run('vitest', 'run')).toMatchObject({ status: 0, out: expect.stringMatching(/Tests +\d+ passed/) });
  });

  it('build engines by the command, which run where the plugins are not installed', () => {
    const names = ['pointwise-op', 'kernels'];
    const builder = project({
      manager: 'npm',
      install: ['@trtx/cli', 'webgpu', ...names.map((name) => join(root, 'examples', name))],
    });
    const x = { dtype: 'float32', dims: [2, 3], data: Float32Array.of(-2, -1, 0, 1, 2, 3) } as const;
    const one = { dtype: 'float32', dims: [], data: Float32Array.of(1) } as const;
    const model = encodeModel(
      [
        { op: 'Snake', domain: 'com.example', inputs: ['x', 'one'], outputs: ['s'] },
        { op: 'CDist', domain: 'com.microsoft', inputs: ['s', 'x'], outputs: ['y'] },
      ],
      { x },
      { constants: { one }, domains: { 'com.example': 1, 'com.microsoft': 1 } },
    );
    builder.write('model.onnx', model);
    const plugins = names.flatMap((name) => ['--plugin', `trtx-example-${name}`]);
    expect(builder.run('trtx', 'build', 'model.onnx', '-o', 'model.trtx', ...plugins)).toMatchObject({ status: 0 });

    const runner = project({ manager: 'pnpm', install: ['@trtx/cli', 'webgpu'] });
    writeFileSync(join(runner.folder, 'x.bin'), x.data);
    const engine = join(builder.folder, 'model.trtx');
    const input = 'x=@x.bin:float32:2x3';
    const done = runner.run('trtx', 'run', engine, '--input', input, '--output', 'out', '--json');
    expect(done).toMatchObject({ status: 0 });
    const snake = Array.from(x.data, (v) => v + Math.sin(v) ** 2);
    const distance = (m: number, n: number) =>
      [0, 1, 2].reduce((sum, k) => sum + (snake[3 * m + k]! - x.data[3 * n + k]!) ** 2, 0);
    const all = [distance(0, 0), distance(0, 1), distance(1, 0), distance(1, 1)];
    const [output] = (JSON.parse(done.out) as { outputs: { min: number; max: number }[] }).outputs;
    expect(output!.min).toBeCloseTo(Math.min(...all), 4);
    expect(output!.max).toBeCloseTo(Math.max(...all), 4);
  });
});
