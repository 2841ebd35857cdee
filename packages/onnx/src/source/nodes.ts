// A model's nodes as one flat list: checked names, the opset version that each node is of, bodies of functions put in
// place of their calls.

import { quote } from '@trtx/errors';
import type { AttributeProto, FunctionProto, ModelProto, NodeProto, OperatorSetId } from '../wire/index.ts';
import { checkedName, modelError } from './error.ts';

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
  readonly attributes: readonly AttributeProto[];
}

type Opsets = ReadonlyMap<string, number>;

/** Nodes past which inlining of functions stops: a few functions that call each other twice make any number. */
const MAX_NODES = 250_000;
/** Calls within calls, likewise. */
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

/** A call being worked off: its nodes, and what the names in them stand for. */
interface Frame {
  readonly nodes: readonly NodeProto[];
  next: number;
  readonly opsets: Opsets;
  /** Undefined in the main graph. */
  readonly call?: Call;
}

interface Call {
  /** The function, as `functionKey` writes it. */
  readonly key: string;
  readonly node: string;
  readonly values: Map<string, string>;
  readonly attributes: ReadonlyMap<string, AttributeProto>;
}

/**
 * The nodes of the main graph, with model-local functions inlined, in the file's order.
 * @throws TrtxError ONNX_MODEL
 */
export function flatten(model: ModelProto, opsets: Opsets, irVersion: number): SourceNode[] {
  const functions = readFunctions(model.functions);
  const result: SourceNode[] = [];
  const stack: Frame[] = [{ nodes: model.graph?.node ?? [], next: 0, opsets }];
  while (stack.length > 0) {
    const frame = stack.at(-1)!;
    const proto = frame.nodes[frame.next++];
    if (!proto) {
      stack.pop();
      continue;
    }
    const node = readNode(proto, frame, frame.next - 1);
    const key = functionKey(node.domain, node.op, proto.overload);
    const callee = functions.get(key);
    if (!callee) {
      result.push(node);
      if (frame.call && result.length > MAX_NODES)
        throw modelError(`more than ${MAX_NODES} nodes after functions were inlined`, { node: node.name });
      continue;
    }
    if (stack.some(({ call }) => call?.key === key))
      throw modelError(`the function ${quote(node.op)} calls itself`, { node: node.name });
    if (stack.length > MAX_CALLS)
      throw modelError(`functions call functions more than ${MAX_CALLS} deep`, { node: node.name });
    const own = readOpsets(callee.opset_import, irVersion);
    stack.push({ nodes: callee.node, next: 0, opsets: own, call: enter(callee, key, node) });
  }
  return result;
}

function readFunctions(protos: readonly FunctionProto[]): Map<string, FunctionProto> {
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

function readNode(proto: NodeProto, frame: Frame, index: number): SourceNode {
  const { call } = frame;
  const op = checkedName(proto.op_type, 'an op');
  const own = checkedName(proto.name, 'a node') || proto.output.find((name) => name !== '') || `${op}_${index}`;
  const name = call ? `${call.node}/${own}` : own;
  if (op === '') throw modelError('a node without an op', { node: name });
  const domain = plainDomain(proto.domain);
  const version = frame.opsets.get(domain);
  if (version === undefined && domain === '')
    throw modelError('the model imports no opset of the default domain', { node: name });
  const rename = (value: string) => {
    checkedName(value, 'a value');
    return call && value !== '' ? insideName(call, value) : value;
  };
  return {
    name,
    op,
    domain,
    version: version ?? 1,
    inputs: proto.input.map(rename),
    outputs: proto.output.map(rename),
    attributes: call ? bindAttributes(proto.attribute, call) : proto.attribute,
  };
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
