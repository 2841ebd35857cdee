export { openImageDecoder } from './node/open.ts';
