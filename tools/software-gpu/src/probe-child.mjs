// Prints `real` if Dawn has a hardware adapter. A process of its own: see probe.mjs.
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
const software = !adapter || adapter.info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(adapter.info.description);
process.stdout.write(software ? 'none' : 'real', () => process.exit(0));
