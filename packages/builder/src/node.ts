// @trtx/builder/node: files and devices for the builder in Node.

export { type Backend, type BackendKind, openBackend } from './node/backend.ts';
export { writeFileWhole } from './node/write.ts';
