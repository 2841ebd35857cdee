// @trtx/builder/node: files and devices for the builder in Node.

export type { DeviceOffer } from '@trtx/runtime/node';
export { type Backend, type BackendKind, openBackend } from './node/backend.ts';
export { nodeImplementation, readTimingCache, writeTimingCache } from './node/timing-cache.ts';
export { writeFileWhole } from './node/write.ts';
