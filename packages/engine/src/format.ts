// The engine file, byte by byte:
//
//     0    4  'TRTX'
//     4    4  format version
//     8    4  bytes of the manifest
//    12    4  CRC-32 of the manifest
//    16    8  bytes of the file
//    24    4  number of blobs
//    28    4  zero
//    32   92  version of the builder, UTF-8, filled up with zeros
//   124    4  CRC-32 of bytes 0..123
//   128       the manifest: JSON, {"crcs": [one for each blob], "plan": Plan}, all optimization profiles in the plan
//             each blob of plan.blobs at the next multiple of 256, zeros between, nothing after the last
//
// A stripped engine ends with the manifest, and has 0 blobs in its header; its checksums are those of the weights that it
// had.
//
// Integers are little-endian. Size, place and checksum of the header are the same in every format version, so that a
// newer file is told from a damaged one. Where blobs lie follows from their sizes: there is no offset to get wrong.
import type { Plan, PlanBlob } from './plan.ts';
import { alignUp } from './types.ts';

export const MAGIC = 0x58545254;
export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 128;
export const BUILDER_OFFSET = 32;
export const HEADER_CRC_OFFSET = 124;
export const BLOB_ALIGNMENT = 256;
/** A manifest is text about a graph; more than this is an attack or a mistake. */
export const MAX_MANIFEST_BYTES = 1 << 28;

export interface EngineHeader {
  readonly formatVersion: number;
  /** Version of what built the engine, for messages and bug reports. */
  readonly builder: string;
  readonly manifestBytes: number;
  readonly manifestCrc: number;
  readonly blobCount: number;
  /** Bytes of the whole file. */
  readonly fileBytes: number;
}

/** Where one blob lies. `offset` counts from the start of the file. */
export interface BlobRange {
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

export interface EngineManifest {
  readonly plan: Plan;
  /** One for each entry of `plan.blobs`, in file order. */
  readonly blobs: readonly BlobRange[];
}

/** The places of all blobs and the size of the file, for a manifest of `manifestBytes`. */
export function layoutBlobs(
  manifestBytes: number,
  blobs: readonly PlanBlob[],
): { offsets: number[]; fileBytes: number } {
  let end = HEADER_BYTES + manifestBytes;
  const offsets = blobs.map(({ bytes }) => {
    const offset = alignUp(end, BLOB_ALIGNMENT);
    end = offset + bytes;
    return offset;
  });
  return { offsets, fileBytes: end };
}
