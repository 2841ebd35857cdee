// What the shaders of this compiler are made of: as much of WGSL as they use.
//
// Source: the grammar of https://www.w3.org/TR/WGSL/.

/** A type by its name and what is between its angle brackets; a number is that of elements. */
export interface Type {
  readonly name: string;
  readonly args: readonly (Type | number)[];
}

/** A place of the text, from one offset to before another. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expr =
  | { readonly kind: 'number'; readonly value: number; readonly type: 'u32' | 'i32' | 'f32' | 'abstract' | 'float' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly op: string; readonly a: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly a: Expr; readonly b: Expr }
  | CallExpr
  | IndexExpr
  | { readonly kind: 'member'; readonly base: Expr; readonly field: string };

export interface CallExpr {
  readonly kind: 'call';
  readonly name: string;
  readonly types: readonly Type[];
  readonly args: readonly Expr[];
  /** Where each argument stands. */
  readonly spans: readonly Span[];
}

export interface IndexExpr {
  readonly kind: 'index';
  readonly base: Expr;
  readonly index: Expr;
  /** Where the index stands. */
  readonly span: Span;
}

export type Statement =
  | {
      readonly kind: 'declare';
      readonly isVar: boolean;
      readonly name: string;
      readonly type?: Type;
      readonly value?: Expr;
    }
  /** Without an operation a plain assignment. */
  | { readonly kind: 'assign'; readonly target: Expr; readonly op?: string; readonly value: Expr }
  | { readonly kind: 'call'; readonly call: Expr }
  | { readonly kind: 'if'; readonly condition: Expr; readonly then: Statement; readonly otherwise?: Statement }
  | {
      readonly kind: 'for';
      readonly start?: Statement;
      readonly condition?: Expr;
      readonly step?: Statement;
      readonly body: Statement;
    }
  | { readonly kind: 'switch'; readonly on: Expr; readonly cases: readonly Statement[]; readonly hasDefault: boolean }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'return'; readonly value?: Expr }
  | { readonly kind: 'leave' };

export interface Func {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  readonly result?: Type;
  readonly body: Statement;
}

export interface Variable {
  readonly name: string;
  /** `storage`, `uniform`, `workgroup`, `private`. */
  readonly space: string;
  readonly type: Type;
}

export interface Module {
  readonly variables: readonly Variable[];
  readonly functions: ReadonlyMap<string, Func>;
  readonly aliases: ReadonlyMap<string, Type>;
  /** Everything that is indexed or given a place in memory, in the order of the text. */
  readonly accesses: readonly (IndexExpr | CallExpr)[];
}
