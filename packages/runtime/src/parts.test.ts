// Tensors that are bound in parts: several ranges of one buffer in one dispatch.
import { expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { useDevice } from './testing/gpu.ts';
import { affinePlan, engineOf } from './testing/plans.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './usage.ts';

const gpu = useDevice();

/** y = 2x over a free length of up to 1,000, of which a binding holds 64. */
function partsPlan() {
  const plan = affinePlan();
  const code = /* wgsl */ `
struct Params { n: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y0: array<f32>;
@group(0) @binding(3) var<storage, read_write> y1: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= params.n) { return; }
  if (i < 64u) { y0[i] = 2.0f * x[i]; } else { y1[i - 64u] = 2.0f * x[i]; }
}`;
  const dispatch = {
    pipeline: 0,
    bindings: [
      { buffer: 0, offset: 0, size: 16 },
      { buffer: 1, offset: 0 },
      { buffer: 2, offset: 0, size: 256 },
      { buffer: 2, offset: 256 },
    ],
    workgroups: [{ expr: 4 }],
    label: 'map double',
    nodes: ['Mul_0'],
  };
  return affinePlan({
    modules: [code],
    pipelines: [{ ...plan.pipelines[0]!, layout: ['uniform', 'read', 'read_write', 'read_write'] }],
    steps: [{ kind: 'dispatches', dispatches: [dispatch] }],
  });
}

it('hold every size of the profile, in buffers of its largest', async () => {
  const engine = await Engine.load(engineOf(partsPlan()), { device: gpu.device });
  const context = engine.createContext();
  for (const n of [10, 100, 1000, 64]) {
    const data = Float32Array.from({ length: n }, (_, i) => i);
    const { y } = await context.run({ x: { data, dims: [n] } });
    expect(Array.from(y!.data as Float32Array)).toEqual(Array.from(data, (v) => 2 * v));
  }
  const buffer = (size: number) => gpu.device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  const x = { data: new Float32Array(10), dims: [10] };
  await expect(context.run({ x }, { outputs: { y: buffer(40) } })).rejects.toThrow(
    /BUFFER_UNSUITABLE: .* 40 bytes, and is bound in parts/,
  );
  await context.run({ x }, { outputs: { y: buffer(4000) } });
  await engine.dispose();
});
