import { build } from '@trtx/builder';
import { writeFileWhole } from '@trtx/builder/node';
import { parseProfile } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';

const { graph } = await importFile('model.onnx');
const profile = parseProfile('x:{1..8}x3');
const { plan, file } = build(graph, { profile, onProgress: ({ stage }) => console.log(stage) });
await writeFileWhole('model.trtx', file.chunks);
console.log(plan.outputs[0]?.name);
