// What a model consists of and needs, without importing it: for `trtx inspect`, and to tell why an import fails.

import { byteLength, type DType, opName, standardOps } from '@trtx/ir';
import { dtypeName, dtypeOf } from '../source/dtypes.ts';
import { allNodes, type ModelMetadata, readMetadata, readSource } from '../source/read.ts';
import { partsOf } from '../source/sparse.ts';
import { isExternal } from '../source/tensor.ts';
import { tensorsOf } from '../source/tensors.ts';
import { declaredDims, foreignKind } from '../source/types.ts';
import { decodeModel, type ValueInfoProto } from '../wire/index.ts';
import type { ImportOptions } from './import.ts';
import { type ImportedNode, namedNodes } from './named.ts';
import { countOps, type OpCount } from './op-counts.ts';
import { type UnsupportedOp, unsupportedOps } from './support.ts';

/** A graph input or output as the file declares it. */
export interface DeclaredValue {
  readonly name: string;
  /** Element type, or what the value is where it is no tensor (`a sequence`). */
  readonly type: string;
  /** Sizes, names of dynamic ones, null for those without a name; undefined where no shape is declared. */
  readonly dims: readonly (number | string | null)[] | undefined;
}

export interface ModelSurvey extends ModelMetadata {
  readonly graph: string;
  /** Without those that have a value already. */
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** Nodes of the main graph, functions inlined. */
  readonly nodes: number;
  /** Nodes in the bodies of control flow, functions inlined. */
  readonly nodesInSubgraphs: number;
  /** How many nodes of each op, the most frequent first; other domains than the default one as `domain::Op`. */
  readonly opCounts: ReadonlyMap<string, number>;
  /** Each op in each version, also where functions and the bodies of control flow use it. */
  readonly versions: readonly OpCount[];
  readonly unsupported: readonly UnsupportedOp[];
  /** All nodes, functions inlined and those of bodies behind the others. */
  readonly named: readonly ImportedNode[];
  /** Elements of all initializers and of tensors in nodes. */
  readonly parameters: number;
  /** Bytes of the same, without those of strings. */
  readonly constantBytes: number;
  /** Files that hold external data. */
  readonly externalFiles: readonly string[];
  /** Names of the functions that the file defines. */
  readonly functions: readonly string[];
}

/**
 * Looks a model over. Ops that cannot be imported are part of the answer.
 * @throws TrtxError ONNX_PARSE, ONNX_MODEL: only where the file is damaged or no valid model
 */
export function surveyModel(
  bytes: Uint8Array,
  options: Pick<ImportOptions, 'registry' | 'spellings'> = {},
): ModelSurvey {
  const model = decodeModel(bytes);
  const metadata = readMetadata(model);
  const source = readSource(model, metadata);
  const versions = countOps(source);
  const counts = new Map<string, number>();
  for (const { domain, op } of source.nodes) {
    const key = opName({ domain, name: op });
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const all = allNodes(source);
  const tensors = [...tensorsOf(source)].flatMap(({ tensor }) => partsOf(tensor));
  const locations = tensors.flatMap((tensor) =>
    isExternal(tensor)
      ? tensor.external_data.flatMap(({ key, value }) => (key === 'location' && value ? [value] : []))
      : [],
  );
  return {
    ...metadata,
    graph: source.name,
    inputs: source.inputs.map(declared),
    outputs: source.outputs.map(declared),
    nodes: source.nodes.length,
    nodesInSubgraphs: versions.reduce((sum, { inBodies }) => sum + inBodies, 0),
    versions,
    opCounts: new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))),
    unsupported: unsupportedOps(all, options.registry ?? standardOps, options.spellings),
    named: namedNodes(source),
    parameters: tensors.reduce((sum, { dims }) => sum + elements(dims), 0),
    constantBytes: tensors.reduce((sum, { dims, data_type }) => sum + bytesOf(dtypeOf(data_type), elements(dims)), 0),
    externalFiles: [...new Set(locations)],
    functions: model.functions.map(({ name = '' }) => name),
  };
}

function elements(dims: readonly bigint[]): number {
  return dims.reduce((count, dim) => count * Number(dim), 1);
}

function bytesOf(dtype: DType | undefined, count: number): number {
  return dtype ? byteLength(dtype, count) : 0;
}

/** What the file says of a graph input or output. */
export function declared(info: ValueInfoProto): DeclaredValue {
  return {
    name: info.name ?? '',
    type: foreignKind(info.type) ?? dtypeName(info.type?.tensor_type?.elem_type),
    dims: declaredDims(info)?.map((dim) => dim ?? null),
  };
}
