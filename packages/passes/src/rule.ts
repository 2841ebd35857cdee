// What a pass and a rule are: values that are named, so that they can be left out, counted and traced.

import { TrtxError } from '@trtx/errors';
import type { Graph, Node, OpDef, OpRegistry } from '@trtx/ir';
import type { ReferenceKernels } from '@trtx/reference';
import type { Patch } from './patch.ts';

/** A pattern at a node, and what to put in its place. */
export interface Rule {
  readonly name: string;
  /** The ops at which the pattern is anchored, by name (`Conv`, `domain::Name`), or a predicate of definitions. */
  readonly ops: readonly string[] | ((op: OpDef) => boolean);
  /**
   * Looks at the node and what is around it, and records a replacement in `patch`. Changes nothing itself. Returns the
   * patch, or undefined where the pattern does not hold.
   */
  apply(node: Node, patch: Patch): Patch | undefined;
}

/** What a pass that is not made of rules sees: a graph, or a body in it; passes go over bodies first. */
export interface PassContext {
  readonly graph: Graph;
  /** The ops that passes may make nodes of. */
  readonly ops: OpRegistry;
  /** What computes nodes of constants. */
  readonly kernels: ReferenceKernels;
  /** Applies what `make` records; true where it recorded something and it was applied. */
  rewrite(rule: string, node: Node, make: (patch: Patch) => Patch | undefined): boolean;
  /** Tells the trace of a change that the pass is about to make on the graph itself; false where it may not. */
  record(rule: string, nodes: readonly Node[], reason: string): boolean;
}

/** A step of a pipeline: rules that are applied until none holds any more, or a function over the graph. */
export interface Pass {
  readonly name: string;
  readonly summary: string;
  readonly rules?: readonly Rule[];
  run?(context: PassContext): void;
}

export function defineRule(rule: Rule): Rule {
  return Object.freeze(rule);
}

/**
 * A pass keeps names and types of graph inputs and outputs, changes nothing on a second run, and may be left out.
 * @throws TrtxError PASS_DEFINITION where it has neither or both of rules and run, or two rules of one name
 */
export function definePass(pass: Pass): Pass {
  if ((pass.rules === undefined) === (pass.run === undefined))
    throw new TrtxError('PASS_DEFINITION', `pass ${pass.name} needs either rules or run`);
  const names = pass.rules?.map((rule) => rule.name) ?? [];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TrtxError('PASS_DEFINITION', `pass ${pass.name} has two rules ${twice}`);
  return Object.freeze(pass);
}
