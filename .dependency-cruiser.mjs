// Package boundaries: who may import whom (CONTRIBUTING.md tells why), and no import cycle anywhere.

/** What each package's sources may import besides themselves and @trtx/errors. Tests may import anything. */
const allowed = {
  errors: { packages: [], npm: [] },
  ir: { packages: [], npm: [] },
  onnx: { packages: ['ir'], npm: ['protobufjs'] },
  reference: { packages: ['ir'], npm: [] },
  passes: { packages: ['ir', 'reference'], npm: [] },
  viewer: { packages: ['ir'], npm: ['@dagrejs/dagre'] },
  quantizer: { packages: ['ir', 'reference', 'passes'], npm: [] },
  'image-decoder': { packages: ['ir', 'reference'], npm: ['@imagemagick/magick-wasm'] },
  engine: { packages: [], npm: [] },
  codegen: { packages: ['ir', 'engine'], npm: [] },
  plugin: { packages: ['ir', 'onnx', 'reference', 'passes', 'codegen'], npm: [] },
  runtime: { packages: ['engine'], npm: [] },
  profiler: { packages: ['engine', 'runtime'], npm: [] },
  builder: {
    packages: ['ir', 'onnx', 'reference', 'passes', 'quantizer', 'codegen', 'plugin', 'engine', 'runtime', 'profiler'],
    npm: ['webgpu'],
  },
  debug: {
    packages: [
      'ir',
      'onnx',
      'reference',
      'passes',
      'quantizer',
      'codegen',
      'plugin',
      'engine',
      'runtime',
      'profiler',
      'builder',
    ],
    npm: [],
  },
};

/** Tests may use anything; what is only there for tests is named so. */
const test = '(\\.test\\.ts$|/(testing|fixtures)/)';
/** What needs Node sits behind a `./node` export: `src/node.ts` and `src/node/`. */
const node = '^packages/[^/]+/src/node(\\.ts$|/)';

const boundaries = Object.entries(allowed).flatMap(([name, { packages, npm }]) => [
  {
    name: `${name}-imports-packages`,
    comment: `@trtx/${name} may import ${['errors', ...packages].join(', ')}.`,
    severity: 'error',
    from: { path: `^packages/${name}/src/`, pathNot: test },
    to: { path: '^(packages|apps|tools|tests)/', pathNot: `^packages/(${['errors', name, ...packages].join('|')})/` },
  },
  {
    name: `${name}-imports-npm`,
    comment: `@trtx/${name} may import ${npm.join(', ') || 'nothing'} from npm.`,
    severity: 'error',
    from: { path: `^packages/${name}/src/`, pathNot: test },
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      path: 'node_modules/',
      pathNot: `node_modules/(${[...npm, '@webgpu/types'].join('|')})/`,
    },
  },
]);

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'known-package',
      comment: 'A new package needs a line in the table of .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/(${Object.keys(allowed).join('|')})/|tsup\\.config\\.ts$` },
      to: {},
    },
    {
      name: 'no-apps-in-packages',
      severity: 'error',
      from: { path: '^packages/', pathNot: `${test}|tsup\\.config\\.ts$` },
      to: { path: '^(apps|tools|tests)/' },
    },
    {
      name: 'node-behind-node-export',
      comment: 'Packages run in browsers: what needs Node goes in src/node.ts or src/node/.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: `${test}|${node}` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-not-from-shared-code',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: `${test}|${node}` },
      to: { path: node },
    },
    {
      name: 'reference-host-is-alone',
      comment: '@trtx/reference/host runs beside the runtime, without ir.',
      severity: 'error',
      from: { path: '^packages/reference/src/host(\\.ts$|/)', pathNot: test },
      to: { path: '^packages/ir/' },
    },
    ...boundaries,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.cache|fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@trtx/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
