// A graph's nodes as one flat list: checked names, the opset version that each node is of, bodies of functions put in
// place of their calls. Graphs in nodes are read by whoever asks for the list.

import { quote } from '@trtx/errors';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  NodeProto,
  OperatorSetId,
  ValueInfoProto,
} from '../wire/index.ts';
import { checkedName, modelError } from './error.ts';
import type { AnyTensorProto } from './sparse.ts';

/** A node as the file has it, with nothing interpreted but where it is. */
export interface SourceNode {
  /** Its name, or else its first output's. */
  readonly name: string;
  readonly op: string;
  /** '' for the default domain. */
  readonly domain: string;
  /** Opset version of its domain. */
  readonly version: number;
  /** Names of values; '' for an optional one that is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Without those that hold graphs. */
  readonly attributes: readonly AttributeProto[];
  /** The graphs that it holds, by attribute. */
  readonly bodies: ReadonlyMap<string, SourceGraph>;
  /** Names of values around the node that its bodies read. */
  readonly captures: readonly string[];
}

/** A graph as the file has it: the main one, or one that a node holds. */
export interface SourceGraph {
  readonly name: string;
  /** In data order. */
  readonly nodes: readonly SourceNode[];
  /** Graph inputs that the caller gives: those that are initializers too have their value already. */
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly valueInfos: readonly ValueInfoProto[];
  readonly initializers: ReadonlyMap<string, AnyTensorProto>;
}

export type Opsets = ReadonlyMap<string, number>;

/** What is left for the inlining of functions: a few that call each other twice make any number of nodes, or of calls. */
export interface InliningBudget {
  /** Nodes and calls in functions. */
  nodes: number;
  /** Characters of their names, each of which has the names of all calls around it. */
  characters: number;
}

/** What a whole model may take. */
export const INLINING: Readonly<InliningBudget> = { nodes: 100_000, characters: 2 ** 26 };
/** Calls within calls. */
const MAX_CALLS = 100;

/**
 * Opset versions by domain. A file of IR version 1 or 2 has none, and means version 1.
 * @throws TrtxError ONNX_MODEL
 */
export function readOpsets(imports: readonly OperatorSetId[], irVersion: number): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version } of imports) {
    const key = plainDomain(domain);
    const number = Number(version ?? 0n);
    if (!Number.isSafeInteger(number) || number < 1)
      throw modelError(`opset version ${version} of domain ${quote(key || 'ai.onnx')}`);
    opsets.set(key, Math.max(number, opsets.get(key) ?? 0));
  }
  if (irVersion < 3 && !opsets.has('')) opsets.set('', 1);
  return opsets;
}

/** `ai.onnx` is the default domain by its other name. */
function plainDomain(domain: string | undefined): string {
  return !domain || domain === 'ai.onnx' ? '' : domain;
}

/** Nodes being worked off, and what the names in them stand for. */
interface Frame extends Scope {
  readonly nodes: readonly NodeProto[];
  next: number;
}

/** Where nodes stand: what the names in them mean. */
export interface Scope {
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly opsets: Opsets;
  /** The calls of functions around them, the innermost one last. */
  readonly calls: readonly Call[];
  readonly budget: InliningBudget;
}

/** Reads a graph that a node holds. @param where the node's name */
export type ReadBody = (graph: GraphProto, scope: Scope, where: string) => SourceGraph;

export interface Call {
  /** The function, as `functionKey` writes it. */
  readonly key: string;
  readonly node: string;
  readonly values: Map<string, string>;
  readonly attributes: ReadonlyMap<string, AttributeProto>;
}

/**
 * The nodes of a graph, with model-local functions inlined, in the file's order.
 * @throws TrtxError ONNX_MODEL
 */
export function flatten(protos: readonly NodeProto[], scope: Scope, readBody: ReadBody): SourceNode[] {
  const { functions } = scope;
  const result: SourceNode[] = [];
  const stack: Frame[] = [{ ...scope, nodes: protos, next: 0 }];
  while (stack.length > 0) {
    const frame = stack.at(-1)!;
    const proto = frame.nodes[frame.next++];
    if (!proto) {
      stack.pop();
      continue;
    }
    const node = readNode(proto, frame, frame.next - 1, readBody);
    if (frame.calls.length > 0) spend(scope.budget, node);
    const key = functionKey(node.domain, node.op, proto.overload);
    const callee = functions.get(key);
    if (!callee) {
      result.push(node);
      continue;
    }
    if (frame.calls.some((call) => call.key === key))
      throw modelError(`the function ${quote(node.op)} calls itself`, { node: node.name });
    if (frame.calls.length >= MAX_CALLS)
      throw modelError(`functions call functions more than ${MAX_CALLS} deep`, { node: node.name });
    // Functions came with IR version 8, in which every opset is imported by name.
    const opsets = readOpsets(callee.opset_import, 8);
    const calls = [...frame.calls, enter(callee, key, node)];
    stack.push({ ...scope, opsets, nodes: callee.node, next: 0, calls });
  }
  return result;
}

function spend(budget: InliningBudget, { name, inputs, outputs }: SourceNode): void {
  budget.nodes--;
  budget.characters -= [name, ...inputs, ...outputs].reduce((sum, { length }) => sum + length, 0);
  if (budget.nodes < 0)
    throw modelError(`more than ${INLINING.nodes} nodes and calls where functions are inlined`, { node: name });
  if (budget.characters < 0) throw modelError('the names of calls in calls are too long together', { node: name });
}

/** The model's functions. @throws TrtxError ONNX_MODEL */
export function readFunctions(protos: readonly FunctionProto[]): Map<string, FunctionProto> {
  const functions = new Map<string, FunctionProto>();
  for (const proto of protos) {
    const key = functionKey(plainDomain(proto.domain), checkedName(proto.name, 'a function'), proto.overload);
    if (functions.has(key)) throw modelError(`two functions ${quote(proto.name ?? '')}`);
    functions.set(key, proto);
  }
  return functions;
}

function functionKey(domain: string, name: string, overload = ''): string {
  return JSON.stringify([domain, name, overload]);
}

function readNode(proto: NodeProto, frame: Frame, index: number, readBody: ReadBody): SourceNode {
  const call = frame.calls.at(-1);
  const op = checkedName(proto.op_type, 'an op');
  const own = checkedName(proto.name, 'a node') || proto.output.find((name) => name !== '') || `${op}_${index}`;
  const name = call ? `${call.node}/${own}` : own;
  if (op === '') throw modelError('a node without an op', { node: name });
  const domain = plainDomain(proto.domain);
  const version = frame.opsets.get(domain);
  if (version === undefined && domain === '')
    throw modelError('the model imports no opset of the default domain', { node: name });
  const attributes = call ? bindAttributes(proto.attribute, call) : proto.attribute;
  const bodies = new Map<string, SourceGraph>();
  for (const { name: key = '', g } of attributes) {
    if (g && bodies.has(key)) throw modelError(`two attributes ${key}`, { node: name });
    if (g) bodies.set(key, readBody(g, frame, name));
  }
  return {
    name,
    op,
    domain,
    version: version ?? 1,
    inputs: proto.input.map((value) => valueName(value, frame)),
    outputs: proto.output.map((value) => valueName(value, frame)),
    attributes: attributes.filter((attribute) => attribute.g === undefined),
    bodies,
    captures: [...new Set([...bodies.values()].flatMap(freeNames))],
  };
}

/** The name of a value, where calls of functions may have other names than the function. */
export function valueName(name: string, { calls }: Scope): string {
  checkedName(name, 'a value');
  const call = calls.at(-1);
  return call && name !== '' ? insideName(call, name) : name;
}

/** Names that a graph reads and does not give itself. */
function freeNames({ nodes, inputs, outputs, initializers }: SourceGraph): string[] {
  const own = new Set([...inputs.map(({ name }) => name!), ...initializers.keys()]);
  for (const node of nodes) for (const name of node.outputs) own.add(name);
  const read = [...nodes.flatMap((node) => [...node.inputs, ...node.captures]), ...outputs.map(({ name }) => name!)];
  return read.filter((name) => name !== '' && !own.has(name));
}

function insideName(call: Call, value: string): string {
  let outside = call.values.get(value);
  if (outside === undefined) {
    outside = `${call.node}/${value}`;
    call.values.set(value, outside);
  }
  return outside;
}

function enter(callee: FunctionProto, key: string, node: SourceNode): Call {
  if (node.inputs.length > callee.input.length || node.outputs.length > callee.output.length)
    throw modelError(
      `a call of ${quote(node.op)} with ${node.inputs.length} inputs and ${node.outputs.length} outputs where the ` +
        `function has ${callee.input.length} and ${callee.output.length}`,
      { node: node.name },
    );
  const values = new Map<string, string>();
  callee.input.forEach((name, i) => {
    values.set(name, node.inputs[i] ?? '');
  });
  callee.output.forEach((name, i) => {
    // An input that is an output too is copied nowhere: the caller's name of the output would have no producer.
    if (values.has(name)) throw modelError(`the function ${quote(node.op)} gives back an input`, { node: node.name });
    if (node.outputs[i]) values.set(name, node.outputs[i]);
  });
  const attributes = new Map<string, AttributeProto>();
  for (const attribute of callee.attribute_proto) attributes.set(attribute.name ?? '', attribute);
  for (const attribute of node.attributes) attributes.set(attribute.name ?? '', attribute);
  return { key, node: node.name, values, attributes };
}

/** Attributes that refer to the function's get the call's value; where the call has none they are left out. */
function bindAttributes(attributes: readonly AttributeProto[], call: Call): AttributeProto[] {
  return attributes.flatMap((attribute) => {
    if (!attribute.ref_attr_name) return [attribute];
    const value = call.attributes.get(attribute.ref_attr_name);
    return value ? [{ ...value, name: attribute.name, ref_attr_name: undefined }] : [];
  });
}
