// Writes engine files. Same plan and blobs, same bytes: keys are sorted, and nothing of the machine or the time gets in.
import { invalid } from './check.ts';
import { crc32 } from './crc32.ts';
import {
  BLOB_ALIGNMENT,
  BUILDER_OFFSET,
  FORMAT_VERSION,
  HEADER_BYTES,
  HEADER_CRC_OFFSET,
  layoutBlobs,
  MAGIC,
  MAX_MANIFEST_BYTES,
} from './format.ts';
import type { Plan } from './plan.ts';
import { validatePlan } from './validate.ts';

export interface EngineSource {
  readonly plan: Plan;
  /** Contents of `plan.blobs`, in order. */
  readonly blobs: readonly Uint8Array[];
  /** Version of the builder, at most 92 bytes of UTF-8. */
  readonly builder: string;
  /** Leaves the blobs out of the file. No runtime loads such a one. */
  readonly stripped?: boolean;
}

export interface EngineFile {
  /** Bytes of the file. */
  readonly size: number;
  /** The file in order. Blobs are the arrays that were handed in, not copies. */
  readonly chunks: readonly Uint8Array[];
}

/**
 * The engine file as a list of chunks, so that weights are never copied.
 * Throws `ENGINE_INVALID` where the plan contradicts itself or the blobs.
 */
export function writeEngine({ plan, blobs, builder, stripped = false }: EngineSource): EngineFile {
  validatePlan(plan);
  if (blobs.length !== plan.blobs.length || blobs.some((blob, i) => blob.length !== plan.blobs[i]!.bytes)) {
    throw invalid('the blobs do not have the number and sizes that the plan names');
  }
  const manifest = new TextEncoder().encode(canonicalJson({ crcs: blobs.map((blob) => crc32(blob)), plan }));
  if (manifest.length > MAX_MANIFEST_BYTES) {
    throw invalid(`the manifest has ${manifest.length} bytes, more than ${MAX_MANIFEST_BYTES}`);
  }
  const written = stripped ? [] : blobs;
  const { offsets, fileBytes } = layoutBlobs(manifest.length, stripped ? [] : plan.blobs);
  const head = new Uint8Array(HEADER_BYTES + manifest.length);
  writeHeader(head, { manifest, fileBytes, blobCount: written.length, builder });
  head.set(manifest, HEADER_BYTES);

  const chunks: Uint8Array[] = [head];
  const zeros = new Uint8Array(BLOB_ALIGNMENT);
  let end = head.length;
  for (const [i, blob] of written.entries()) {
    const gap = offsets[i]! - end;
    if (gap > 0) chunks.push(zeros.subarray(0, gap));
    if (blob.length > 0) chunks.push(blob);
    end = offsets[i]! + blob.length;
  }
  return { size: fileBytes, chunks };
}

/** The engine file as one array. */
export function engineBytes(source: EngineSource): Uint8Array<ArrayBuffer> {
  const { size, chunks } = writeEngine(source);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function writeHeader(
  head: Uint8Array,
  of: { manifest: Uint8Array; fileBytes: number; blobCount: number; builder: string },
): void {
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, FORMAT_VERSION, true);
  view.setUint32(8, of.manifest.length, true);
  view.setUint32(12, crc32(of.manifest), true);
  view.setBigUint64(16, BigInt(of.fileBytes), true);
  view.setUint32(24, of.blobCount, true);
  const builder = new TextEncoder().encode(of.builder);
  if (builder.length > HEADER_CRC_OFFSET - BUILDER_OFFSET || builder.includes(0)) {
    throw invalid('the version of the builder has more than 92 bytes, or a zero in it');
  }
  head.set(builder, BUILDER_OFFSET);
  view.setUint32(HEADER_CRC_OFFSET, crc32(head.subarray(0, HEADER_CRC_OFFSET)), true);
}

/** JSON with the keys of every object in order, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, v) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
