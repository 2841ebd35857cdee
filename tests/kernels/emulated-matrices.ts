// Subgroup matrices without the feature, for adapters that have float16 but no matrices: shaders are rewritten so that each of
// 32 invocations has eight neighbouring elements of a sum, and reads the operands of a product where they lie.

import type { Plan } from '@trtx/engine';

const SIZE = 16;

/** The plan for a device without subgroup matrices, of subgroups of any size. */
export function withEmulatedMatrices(plan: Plan): Plan {
  const limits = Object.fromEntries(
    Object.entries(plan.requires.limits).filter(([name]) => !name.startsWith('subgroup')),
  );
  const features = plan.requires.features.filter((name) => name !== 'chromium-experimental-subgroup-matrix');
  return { ...plan, modules: plan.modules.map(emulated), requires: { features, limits } };
}

function emulated(wgsl: string): string {
  if (!wgsl.includes('subgroup_matrix')) return wgsl;
  const functions = new Set<string>();
  /** Of each operand that is loaded: the array that it lies in, and for the right one which way. */
  const places = new Map<string, string>();
  const text = wgsl
    .replace(/^(enable chromium_experimental_subgroup_matrix;|diagnostic\(off, chromium.*)$/gm, '')
    .replace(/^alias (\w+) = subgroup_matrix_\w+<\w+, (\d+), (\d+)>;$/gm, (_, name, columns, lines) => {
      if (Number(columns) !== SIZE || Number(lines) !== SIZE) throw new Error(`${name} is of another shape`);
      return name === 'Sum' ? SUM : '';
    })
    .replace(/^( *let group = .*)$/m, '$1\n  lane = lid % 32u;')
    .replace(
      /let (\w+) = subgroupMatrixLoad<(?:Left|Right), (row|col)_major>\(&(\w+), (.*)\);/g,
      (_, name, major, memory, place) => {
        places.set(name, `${memory}_${major}`);
        return `let ${name} = vec2<u32>(${place});`;
      },
    )
    .replace(/subgroupMatrixLoad<Sum, row_major>\(&(\w+), /g, (_, memory) => {
      functions.add(loadSum(memory));
      return `load_${memory}(`;
    })
    .replace(/subgroupMatrixStore<row_major>\(&(\w+), /g, (_, memory) => {
      functions.add(store(memory));
      return `store_${memory}(`;
    })
    .replace(/subgroupMatrixMultiplyAccumulate\((\w+), (\w+), /g, (_, left, right) => {
      const [a, b] = [places.get(left)!, places.get(right)!];
      functions.add(multiply(a, b));
      return `multiply_${a}_${b}(${left}, ${right}, `;
    });
  return `${text}\n${[...functions].join('\n')}\n`;
}

const SUM = `struct Sum { low: vec4<f32>, high: vec4<f32> }
var<private> lane: u32;`;

/** Sums are floats, four a vector; an invocation has two vectors of a line. */
function loadSum(memory: string): string {
  return `fn load_${memory}(offset: u32, stride: u32) -> Sum {
  let at = offset + (lane / 2u) * stride + (lane % 2u) * 2u;
  return Sum(bitcast<vec4<f32>>(${memory}[at]), bitcast<vec4<f32>>(${memory}[at + 1u]));
}`;
}

function store(memory: string): string {
  return `fn store_${memory}(offset: u32, sum: Sum, stride: u32) {
  let at = offset + (lane / 2u) * stride + (lane % 2u) * 2u;
  ${memory}[at] = bitcast<vec4<u32>>(sum.low);
  ${memory}[at + 1u] = bitcast<vec4<u32>>(sum.high);
}`;
}

/** Operands are halves, eight a vector; each is given by its offset and the distance of its lines. */
function multiply(left: string, right: string): string {
  const [a] = left.split('_') as [string];
  const [b, major] = right.split('_') as [string, string];
  const [line, along] = major === 'row' ? ['k', 'j'] : ['j', 'k'];
  return `fn multiply_${left}_${right}(left: vec2<u32>, right: vec2<u32>, sum: Sum) -> Sum {
  var sums = array<f32, 8>();
  for (var k = 0u; k < ${SIZE}u; k++) {
    let wordA = ${a}[left.x + (lane / 2u) * left.y + k / 8u][(k % 8u) / 2u];
    let x = unpack2x16float(wordA)[k % 2u];
    for (var c = 0u; c < 8u; c++) {
      let j = (lane % 2u) * 8u + c;
      let wordB = ${b}[right.x + ${line} * right.y + ${along} / 8u][(${along} % 8u) / 2u];
      sums[c] += x * unpack2x16float(wordB)[${along} % 2u];
    }
  }
  let low = vec4<f32>(sums[0], sums[1], sums[2], sums[3]);
  let high = vec4<f32>(sums[4], sums[5], sums[6], sums[7]);
  return Sum(sum.low + low, sum.high + high);
}`;
}
