// Writes the types of GraphBuilder's methods from op definitions.

import { hasOneOutput } from './builder.ts';
import type { AttributeSpec, OpDef, OperandSpec, OpRegistry } from './op.ts';

/** The source text of `interface BuilderMethods` for the ops of the default domain. */
export function printBuilderMethods(ops: OpRegistry): string {
  const defs = [...ops].filter((op) => op.domain === '').sort((a, b) => (a.name < b.name ? -1 : 1));
  return `// Written by builder.test.ts from the op definitions: \`npx vitest run packages/ir/src/builder.test.ts -u\`.

import type { NodeOptions, Value } from './graph.ts';
import type { Constant } from './tensor.ts';

/** Methods of GraphBuilder, one for each op of the default domain. */
export interface BuilderMethods {
${defs.map(method).join('\n')}
}

type None = Record<string, never>;
${defs.filter(hasAttributes).map(attributesType).join('\n')}
`;
}

/** One signature for each number of optional inputs that are left out. */
function method(op: OpDef): string {
  const required = op.inputs.findLastIndex((input) => !input.optional) + 1;
  const result = hasOneOutput(op) ? 'Value' : 'readonly Value[]';
  const must = Object.values(op.attributes).some((spec) => spec.required);
  const rest = [
    `attributes${must ? '' : '?'}: ${hasAttributes(op) ? `${op.name}Attributes` : 'None'}`,
    'options?: NodeOptions',
  ];
  const signatures = Array.from({ length: op.inputs.length - required + 1 }, (_, i) => {
    const inputs = op.inputs.slice(0, required + i).map(parameter);
    return `  ${op.name}(${[...inputs, ...rest].join(', ')}): ${result};`;
  });
  return [`  /** ${op.summary} */`, ...signatures].join('\n');
}

function hasAttributes(op: OpDef): boolean {
  return Object.keys(op.attributes).length > 0;
}

function parameter(input: OperandSpec): string {
  const name = /^(in|default|new)$/.test(input.name) ? `${input.name}_` : input.name;
  if (input.variadic) return `${name}: readonly Value[]`;
  return `${name}: Value${input.optional ? ' | null | undefined' : ''}`;
}

const TYPES: Record<AttributeSpec['type'], string> = {
  int: 'number',
  float: 'number',
  ints: 'readonly number[]',
  floats: 'readonly number[]',
  string: 'string',
  strings: 'readonly string[]',
  tensor: 'Constant',
  type: 'string',
};

function attributesType(op: OpDef): string {
  const entries = Object.entries(op.attributes).map(([name, spec]) => {
    const type = spec.oneOf && spec.type === 'string' ? spec.oneOf.map((v) => `'${v}'`).join(' | ') : TYPES[spec.type];
    return `  readonly ${name}${spec.required ? '' : '?'}: ${type};`;
  });
  return `interface ${op.name}Attributes {\n${entries.join('\n')}\n}`;
}
