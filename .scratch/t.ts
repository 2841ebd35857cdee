import { GraphBuilder } from '@trtx/ir';
import { compile, tacticLabel, PORTABLE } from '@trtx/codegen';
import { MATRIX_TARGET } from '../tests/kernels/matrix.ts';
const size=1024, block=32, dtype='float16' as const;
for (const rows of [1,128]) {
const b = new GraphBuilder('codes');
const codes = Int8Array.from({ length: size*size }, (_, i) => ((i * 7) % 16) - 8);
const scales = b.constant(dtype, [size / block, size], new Array(size*size/block).fill(15360));
const w = b.DequantizeLinear(b.constant('int4', [size, size], codes), scales, null, { axis: 0, block_size: block });
b.output('y', b.MatMul(b.input('x', dtype, [rows, size]), w));
const { plan } = compile(b.graph, { target: MATRIX_TARGET, choose: (t: any) => { console.log(rows, t.slice(0,4).map(tacticLabel)); return t[0]; } } as never);
console.log(plan.inBounds, plan.modules.length);
}
