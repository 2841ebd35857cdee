import { defineConfig } from 'vitest/config';

const include = ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/*/src/**/*.test.ts'];
const conditions = ['@trtx/source'];

/** Packages are resolved to their sources, so no build is needed. `--project full` adds the heavy suites. */
export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [...include, 'tests/**/*.test.ts', 'examples/*/test/*.test.js'],
          exclude: ['tests/full/**', '**/node_modules/**'],
        },
      },
      { extends: true, test: { name: 'full', include: ['tests/full/**/*.test.ts'], testTimeout: 1_800_000 } },
    ],
  },
});
