export * from './node/import-file.ts';
export * from './node/resolver.ts';
