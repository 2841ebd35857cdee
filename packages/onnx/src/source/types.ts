// Declared types of graph inputs and outputs. Dynamic dimensions become symbols.

import { type Dim, dimOf, type ElementType, MAX_RANK, Sym, type TensorType } from '@trtx/ir';
import type { TypeProto, ValueInfoProto } from '../wire/index.ts';
import { dtypeName, dtypeOf } from './dtypes.ts';
import { modelError } from './error.ts';

const KINDS = [
  ['sequence_type', 'a sequence'],
  ['map_type', 'a map'],
  ['sparse_tensor_type', 'a sparse tensor'],
  ['optional_type', 'an optional'],
] as const;

/** What kind of value the type is, where it is no tensor. */
export function foreignKind(type: TypeProto | undefined): string | undefined {
  return KINDS.find(([field]) => type?.[field])?.[1];
}

/**
 * The symbols of a model. One dim_param is one symbol; a dynamic dimension without a name gets `<input>.<axis>`. Names
 * keep their characters but for control characters, and are cut to 100; two that become alike stay two.
 */
export class DimSymbols {
  readonly #byParam = new Map<string, Dim>();
  readonly #taken = new Set<string>();

  named(param: string): Dim {
    let dim = this.#byParam.get(param);
    if (!dim) {
      dim = this.#claim(param);
      this.#byParam.set(param, dim);
    }
    return dim;
  }

  unnamed(value: string, axis: number): Dim {
    return this.#claim(`${value}.${axis}`);
  }

  #claim(wanted: string): Dim {
    const clean = wanted.replace(/[\u0000-\u001f\u007f-\u009f]/g, '_').slice(0, 100);
    let name = clean;
    for (let i = 1; this.#taken.has(name); i++) name = `${clean}_${i}`;
    this.#taken.add(name);
    return dimOf(new Sym(name));
  }
}

/** The declared dims that are numbers; undefined for the dynamic ones, or as a whole where there is no shape. */
export function declaredDims(info: ValueInfoProto): (number | string | undefined)[] | undefined {
  return info.type?.tensor_type?.shape?.dim.map((dim) => {
    if (dim.dim_value !== undefined) return Number(dim.dim_value);
    return dim.dim_param || undefined;
  });
}

/**
 * The type of a graph input.
 * @param rank number of axes where the file declares none
 * @throws TrtxError ONNX_MODEL, naming the input
 */
export function inputType(info: ValueInfoProto, symbols: DimSymbols, rank?: number): TensorType {
  const tensor = info.name;
  const { type } = info;
  if (type?.map_type || type?.sparse_tensor_type)
    throw modelError(`the graph input is ${foreignKind(type)}`, {
      tensor,
      hint: 'Tensors, sequences and optionals are supported.',
    });
  if (type?.sequence_type || type?.optional_type) return containerType(type, tensor, rank);
  return tensorType(info, symbols, rank);
}

/** Sizes of what is in a sequence or optional are told by the run where the file declares no number. */
function containerType(type: TypeProto, tensor: string | undefined, rank: number | undefined): TensorType {
  const element = elementType((type.sequence_type ?? type.optional_type)?.elem_type);
  if (!element) throw modelError('the graph input holds values of no known type', { tensor });
  const dtype = type.sequence_type ? 'sequence' : 'optional';
  return { dtype, shape: [], element: withRank(element, rank) };
}

function withRank(element: ElementType, rank: number | undefined): ElementType {
  if (element.element) return { ...element, element: withRank(element.element, rank) };
  if (element.shape || rank === undefined) return element;
  return { ...element, shape: new Array<null>(rank).fill(null) };
}

/** What a type declares of values in a sequence or optional. Recursion is as deep as the decoder lets messages be. */
function elementType(type: TypeProto | undefined): ElementType | undefined {
  if (type?.sequence_type || type?.optional_type) {
    const element = elementType((type.sequence_type ?? type.optional_type)?.elem_type);
    return element && { dtype: type.sequence_type ? 'sequence' : 'optional', shape: [], element };
  }
  const dtype = dtypeOf(type?.tensor_type?.elem_type);
  if (!dtype) return undefined;
  const shape = type!.tensor_type!.shape?.dim.map(({ dim_value }) =>
    dim_value === undefined ? null : Number(dim_value),
  );
  return shape ? { dtype, shape } : { dtype };
}

/**
 * A type that is an attribute, as text: `float32`, `sequence(int64)`.
 * @throws TrtxError ONNX_MODEL
 */
export function typeName(type: TypeProto | undefined, node: string): string {
  const element = elementType(type);
  if (!element) throw modelError('a type that is no tensor and no sequence', { node });
  return element.element ? `${element.dtype}(${element.element.dtype})` : element.dtype;
}

function tensorType(info: ValueInfoProto, symbols: DimSymbols, rank: number | undefined): TensorType {
  const tensor = info.name;
  const elem = info.type?.tensor_type?.elem_type;
  const dtype = dtypeOf(elem);
  if (!dtype) throw modelError(`the graph input is of ${dtypeName(elem)}`, { tensor });
  const dims = declaredDims(info) ?? (rank === undefined ? undefined : new Array<undefined>(rank).fill(undefined));
  if (!dims)
    throw modelError('the graph input has no declared shape', {
      tensor,
      hint: 'Declare its rank in the model, or give its shape in the profile; dimensions may stay dynamic.',
    });
  if (dims.length > MAX_RANK) throw modelError(`the graph input has rank ${dims.length}`, { tensor });
  let count = 1;
  const shape = dims.map((dim, axis): Dim => {
    if (typeof dim === 'string') return symbols.named(dim);
    if (dim === undefined) return symbols.unnamed(info.name ?? '', axis);
    if (dim < 0) throw modelError(`the graph input has the negative dimension ${dim}`, { tensor });
    count *= Math.max(dim, 1);
    return dim;
  });
  if (!Number.isSafeInteger(count))
    throw modelError(`the graph input of [${dims.join(', ')}] is too large`, { tensor });
  return { dtype, shape };
}
