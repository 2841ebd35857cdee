// A process that runs an engine, disposes it, says so, and has to end by itself.
import { Engine } from '../engine.ts';
import { requestNodeDevice } from '../node.ts';
import { affinePlan, engineOf } from './plans.ts';

const [backend, how] = process.argv.slice(2);
const found = await requestNodeDevice(backend === 'null' ? { backend } : {});
if (!found) throw new Error('no adapter');
const engine = await Engine.load(engineOf(affinePlan()), { device: found.device, ownsDevice: how === 'owns' });
const { y } = await engine.createContext().run({ x: { data: Float32Array.of(1, 2, 3), dims: [3] } });
await engine.dispose();
if (how === 'release') found.release();
process.stdout.write(JSON.stringify({ y: [...(y!.data as Float32Array)], at: Date.now() }));
