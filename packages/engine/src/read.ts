// Reads engine files, trusting nothing: checksums first, then the structure of the manifest. Everything wrong with a file
// ends in a TrtxError. The parts serve two readers: `parseEngine` for bytes in memory, `stream.ts` for all else.
import { TrtxError } from '@trtx/errors';
import { invalid } from './check.ts';
import { crc32 } from './crc32.ts';
import {
  BUILDER_OFFSET,
  type EngineHeader,
  type EngineManifest,
  FORMAT_VERSION,
  HEADER_BYTES,
  HEADER_CRC_OFFSET,
  layoutBlobs,
  MAGIC,
  MAX_MANIFEST_BYTES,
} from './format.ts';
import type { Plan } from './plan.ts';
import { validatePlan } from './validate.ts';

export interface ParsedEngine {
  readonly header: EngineHeader;
  readonly plan: Plan;
  /** Contents of `plan.blobs`: views of the bytes that were handed in. */
  readonly blobs: readonly Uint8Array[];
}

/**
 * The header, from the first 128 bytes of a file.
 * Throws `NOT_AN_ENGINE`, `ENGINE_DAMAGED` (too short or a wrong checksum) or `ENGINE_VERSION`.
 */
export function readHeader(bytes: Uint8Array): EngineHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== MAGIC) {
    throw new TrtxError('NOT_AN_ENGINE', 'the first bytes are not those of an engine file', {
      hint: 'build the model by `trtx build`',
    });
  }
  if (bytes.length < HEADER_BYTES) throw damaged(`it ends after ${bytes.length} bytes`);
  checkCrc(bytes.subarray(0, HEADER_CRC_OFFSET), view.getUint32(HEADER_CRC_OFFSET, true), 'header');

  const name = bytes.subarray(BUILDER_OFFSET, HEADER_CRC_OFFSET);
  const end = name.indexOf(0);
  const header: EngineHeader = {
    formatVersion: view.getUint32(4, true),
    builder: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)),
    manifestBytes: view.getUint32(8, true),
    manifestCrc: view.getUint32(12, true),
    blobCount: view.getUint32(24, true),
    fileBytes: Number(view.getBigUint64(16, true)),
  };
  if (header.formatVersion !== FORMAT_VERSION) {
    throw new TrtxError(
      'ENGINE_VERSION',
      `the engine has format ${header.formatVersion} (builder ${header.builder}), this reader knows ${FORMAT_VERSION}`,
      { hint: 'build the engine again with the version of @trtx that runs it' },
    );
  }
  if (header.manifestBytes > MAX_MANIFEST_BYTES || !Number.isSafeInteger(header.fileBytes)) {
    throw invalid('the header names impossible sizes');
  }
  return header;
}

/**
 * The manifest, from the `header.manifestBytes` bytes that follow the header; checked as a whole.
 * Throws `ENGINE_DAMAGED`, `ENGINE_STRIPPED` or `ENGINE_INVALID`.
 */
export function readManifest(header: EngineHeader, bytes: Uint8Array): EngineManifest {
  const { plan, crcs } = parseManifest(header, bytes);
  if (header.blobCount !== plan.blobs.length) {
    throw new TrtxError('ENGINE_STRIPPED', 'the engine has no weights', { hint: 'give it some by `trtx refit`' });
  }
  const { offsets, fileBytes } = layoutBlobs(header.manifestBytes, plan.blobs);
  if (fileBytes !== header.fileBytes) throw invalid('the header and the plan name different blobs');
  return { plan, blobs: plan.blobs.map(({ bytes }, i) => ({ offset: offsets[i]!, bytes, crc: crcs[i]! })) };
}

/** The plan, with a checksum for each of its blobs, whether the file has them or not. Throws as `readManifest`. */
export function parseManifest(header: EngineHeader, bytes: Uint8Array): { plan: Plan; crcs: readonly number[] } {
  if (bytes.length !== header.manifestBytes) throw damaged('the manifest is cut off');
  checkCrc(bytes, header.manifestCrc, 'manifest');
  let json: { crcs?: unknown; plan?: unknown } | null;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('the manifest is not JSON', cause);
  }
  const plan = validatePlan(json?.plan);
  const crcs = json?.crcs;
  // One that is no number is the checksum of nothing.
  if (!Array.isArray(crcs) || crcs.length !== plan.blobs.length) {
    throw invalid('the plan and the checksums name different blobs');
  }
  return { plan, crcs };
}

/**
 * Reads an engine that is in memory as a whole, every checksum included. Blobs are views, not copies.
 * Throws `NOT_AN_ENGINE`, `ENGINE_DAMAGED`, `ENGINE_VERSION` or `ENGINE_INVALID`.
 */
export function parseEngine(bytes: Uint8Array): ParsedEngine {
  const header = readHeader(bytes);
  if (bytes.length !== header.fileBytes) {
    throw damaged(`it has ${bytes.length} bytes and should have ${header.fileBytes}`);
  }
  let end = HEADER_BYTES + header.manifestBytes;
  const manifest = readManifest(header, bytes.subarray(HEADER_BYTES, end));
  const blobs = manifest.blobs.map((range, i) => {
    checkZeros(bytes.subarray(end, range.offset));
    end = range.offset + range.bytes;
    const blob = bytes.subarray(range.offset, end);
    checkCrc(blob, range.crc, `blob ${i}`);
    return blob;
  });
  return { header, plan: manifest.plan, blobs };
}

/** Throws `ENGINE_DAMAGED` unless every byte is zero. */
export function checkZeros(padding: Uint8Array): void {
  if (padding.some((byte) => byte !== 0)) throw damaged('there are bytes between two blobs');
}

export function checkCrc(bytes: Uint8Array, crc: number, what: string): void {
  if (crc32(bytes) !== crc) throw damaged(`the checksum of the ${what} is wrong`);
}

export function damaged(why: string): TrtxError {
  return new TrtxError('ENGINE_DAMAGED', `the engine file is damaged: ${why}`, {
    hint: 'copy it again, or build it again',
  });
}
