export * from './node/export-file.ts';
export * from './node/import-file.ts';
export * from './node/resolver.ts';
