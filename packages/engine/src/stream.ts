// Reads an engine in pieces, in file order, so that weights need not be in memory as a whole.
import { crc32 } from './crc32.ts';
import { type EngineHeader, type EngineManifest, HEADER_BYTES } from './format.ts';
import type { Plan } from './plan.ts';
import { checkZeros, damaged, parseManifest, readHeader, readManifest } from './read.ts';

/**
 * Something that bytes can be read from: a file handle, a Blob, a body of a response. The readers of this module only
 * ask for ranges that follow each other, so a one-way stream will do.
 */
export interface ByteSource {
  /** Bytes in all, where that is known beforehand. */
  readonly size?: number | undefined;
  /** The bytes from `offset`: `length` of them, or fewer at the end of the source. They stay valid until the next read. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface OpenEngine extends EngineManifest {
  readonly header: EngineHeader;
  readonly source: ByteSource;
}

/** A piece of one blob. */
export interface BlobPiece {
  /** Index into `plan.blobs`. */
  readonly blob: number;
  /** Bytes from the start of the blob, a multiple of 4. */
  readonly offset: number;
  /** The bytes, valid until the next piece is asked for. */
  readonly bytes: Uint8Array;
}

/** Reads header and manifest. Throws as `readHeader` and `readManifest` do. */
export async function openEngine(source: ByteSource): Promise<OpenEngine> {
  const header = readHeader(await source.read(0, HEADER_BYTES));
  if (source.size !== undefined && source.size !== header.fileBytes) {
    throw damaged(`it has ${source.size} bytes and should have ${header.fileBytes}`);
  }
  return { header, source, ...readManifest(header, await source.read(HEADER_BYTES, header.manifestBytes)) };
}

/**
 * All blobs in file order, in pieces of at most `pieceBytes` (a multiple of 4).
 * A blob's checksum is known after its last piece: what was made of the pieces may be used only when the iteration has
 * ended without an error.
 */
export async function* readBlobs(engine: OpenEngine, pieceBytes = 1 << 22): AsyncGenerator<BlobPiece, void, undefined> {
  const { source, header } = engine;
  let end = HEADER_BYTES + header.manifestBytes;
  for (const [blob, range] of engine.blobs.entries()) {
    if (range.offset > end) checkZeros(await readExactly(source, end, range.offset - end));
    let crc = 0;
    for (let offset = 0; offset < range.bytes; offset += pieceBytes) {
      const bytes = await readExactly(source, range.offset + offset, Math.min(pieceBytes, range.bytes - offset));
      crc = crc32(bytes, crc);
      yield { blob, offset, bytes };
    }
    if (crc !== range.crc) throw damaged(`the checksum of blob ${blob} is wrong`);
    end = range.offset + range.bytes;
  }
  if (source.size === undefined && (await source.read(end, 1)).length > 0) throw damaged('bytes follow its end');
}

async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) throw damaged(`it ends after ${offset + bytes.length} bytes`);
  return bytes;
}

/** The plan of an engine alone, without reading its weights: it may be stripped of them. */
export async function readPlan(source: ByteSource): Promise<Plan> {
  const header = readHeader(await source.read(0, HEADER_BYTES));
  return parseManifest(header, await source.read(HEADER_BYTES, header.manifestBytes)).plan;
}
