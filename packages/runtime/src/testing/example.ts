import { Engine } from '@trtx/runtime';
import { fileSource, requestNodeDevice } from '@trtx/runtime/node';

const gpu = await requestNodeDevice();
if (!gpu) throw new Error('this machine has no WebGPU adapter');

const engine = await Engine.load(await fileSource('model.trtx'), { device: gpu.device });
const context = engine.createContext();

const x = { data: Float32Array.of(1, 2, 3), dims: [3] };
const { y } = await context.run({ x });
console.log(y.dims, y.data);

await engine.dispose();
gpu.release();
