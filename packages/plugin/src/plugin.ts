// What a plugin is: a value that names all that it adds, and the contracts that it was written for.

import { KERNEL_API, type Kernel } from '@trtx/codegen';
import { TrtxError } from '@trtx/errors';
import { IR_API, type OpDef, opName } from '@trtx/ir';
import type { Spelling } from '@trtx/onnx';
import type { PlacedPass } from '@trtx/passes';
import type { ReferenceKernel } from '@trtx/reference';

/** Numbers of the contracts: `ir` of ops and passes, `kernels` of kernels. */
export interface ApiVersion {
  readonly ir: number;
  readonly kernels: number;
}

/** What this version of @trtx takes. A plugin writes the numbers down that it was made for. */
export const API_VERSION: ApiVersion = { ir: IR_API, kernels: KERNEL_API };

/** By domain and op of the file: how its nodes are written in ops of the graph. */
export type OnnxMapping = Readonly<Record<string, Readonly<Record<string, Spelling>>>>;

export interface Plugin {
  /** Of its package, mostly. */
  readonly name: string;
  readonly version: string;
  /** The contracts that it was made for: `{ ir: 1, kernels: 1 }`. */
  readonly apiVersion: ApiVersion;
  /**
   * Ops of a domain of its own. Nodes of this domain and name in an ONNX file become nodes of them. A pointwise one
   * (`definePointwise`) needs nothing else: its expression is printed wherever its value is read, as those of built-in ops
   * are.
   */
  readonly ops?: readonly OpDef[];
  /** They compete with each other, and with those of @trtx where they are for the same op; the cheapest is taken. */
  readonly kernels?: readonly Kernel[];
  /** For folding at build, `--backend reference` and comparisons. Runs of engines never call them. */
  readonly reference?: readonly ReferenceKernel[];
  readonly passes?: readonly PlacedPass[];
  /** Where nodes of a file are not nodes of `ops` as they stand. Goes before all else that such nodes could mean. */
  readonly onnx?: OnnxMapping;
}

/**
 * Checks a plugin and freezes it.
 * @throws TrtxError PLUGIN_API where it was made for other contracts, PLUGIN_DEFINITION where it is not well formed
 */
export function definePlugin(plugin: Plugin): Plugin {
  checkPlugin(plugin);
  return Object.freeze(plugin);
}

/** As `definePlugin` checks: builders do it once more, since a plugin may come with a @trtx of its own. */
export function checkPlugin(plugin: Plugin): void {
  const { name, version, apiVersion } = plugin;
  if (typeof name !== 'string' || name === '' || typeof version !== 'string' || version === '')
    throw new TrtxError('PLUGIN_DEFINITION', 'a plugin has no name or no version', {
      hint: 'Give it those of its package.',
    });
  const wrong = (['ir', 'kernels'] as const).filter((part) => apiVersion?.[part] !== API_VERSION[part]);
  if (wrong.length > 0)
    throw new TrtxError('PLUGIN_API', `plugin ${name} ${version} was made for other contracts`, {
      details: wrong.map((part) => `${part}: made for ${apiVersion?.[part]}, this is ${API_VERSION[part]}`),
      hint: `Take a version of ${name} for this version of @trtx, or the other way round.`,
    });
  const ops = plugin.ops ?? [];
  for (const op of ops) checkOp(plugin, op);
  const kernels = plugin.kernels ?? [];
  const twice = twiceIn(ops.map(opName)) ?? twiceIn(kernels.map(({ id }) => id));
  if (twice !== undefined) throw malformed(plugin, `${twice} is there twice`, 'Rename one of them.');
  for (const domain of Object.keys(plugin.onnx ?? {}))
    if (isOurs(domain))
      throw malformed(plugin, `it maps nodes of the domain '${domain}'`, 'Rewrite them by a pass, after the import.');
}

function checkOp(plugin: Plugin, op: OpDef): void {
  if (isOurs(op.domain))
    throw malformed(plugin, `${opName(op)} is of a domain that is not its own`, 'Give it one: com.example.');
  if (op.bodies?.length || op.trait.kind === 'control')
    throw malformed(plugin, `${opName(op)} runs bodies, which the host would have to do`, 'Use Loop, If or Scan.');
}

/** The default domain, under either name, and the one of ops that engines alone have. */
function isOurs(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx' || domain === 'trtx';
}

function twiceIn(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

function malformed({ name }: Plugin, message: string, hint: string): TrtxError {
  return new TrtxError('PLUGIN_DEFINITION', `plugin ${name}: ${message}`, { hint });
}
