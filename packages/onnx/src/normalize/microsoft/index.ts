// Ops of ONNX Runtime's own domain, as its optimizer and the exporters around it write them into models: each is written
// in standard ops. One file for each family; this one lists them.

import { type SpelledOps, spelledTable } from '../spelled.ts';
import { activations } from './activations.ts';
import { arithmetic } from './arithmetic.ts';
import { attention } from './attention.ts';
import { embeddings } from './embeddings.ts';
import { experts } from './experts.ts';
import { gated } from './gated.ts';
import { groupQueryAttention } from './group-query.ts';
import { layout } from './layout.ts';
import { norms } from './norms.ts';
import { products } from './products.ts';
import { quantized } from './quantized.ts';
import { recurrent } from './recurrent.ts';
import { rotary } from './rotary.ts';
import { weights } from './weights.ts';

const FAMILIES: readonly SpelledOps[] = [
  activations,
  arithmetic,
  norms,
  embeddings,
  products,
  attention,
  groupQueryAttention,
  rotary,
  gated,
  recurrent,
  weights,
  experts,
  quantized,
  layout,
];

/** The ops of `com.microsoft`, by name. */
export const microsoftOps = spelledTable(FAMILIES);
