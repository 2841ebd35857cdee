// What an engine can be loaded from, brought to one shape: a source of bytes that is read from front to back.
import type { ByteSource } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';

/**
 * An engine file: its bytes, a response to fetch, a Blob, or anything that reads ranges (for a file of Node see
 * `fileSource` of `@trtx/runtime/node`). Bytes must not change while the engine may be reloaded from them.
 */
export type LoadSource = Uint8Array | ArrayBuffer | Response | Blob | ByteSource;

export interface OpenSource extends ByteSource {
  /** Whether it can be read from the front again. */
  readonly again: boolean;
  /** Lets a stream go that will not be read to its end. */
  cancel(): void;
}

/** Throws `SOURCE_UNREADABLE` where a response is an error or has no body. */
export function openSource(source: LoadSource): OpenSource {
  if ('body' in source) return openResponse(source);
  const from = 'byteLength' in source ? bytesSource(source) : 'read' in source ? source : blobSource(source);
  const read: ByteSource['read'] = async (offset, length) => {
    try {
      return await from.read(offset, length);
    } catch (cause) {
      throw unreadable('a read failed', cause);
    }
  };
  return { again: true, size: from.size, read, cancel: () => {} };
}

function bytesSource(source: Uint8Array | ArrayBuffer): ByteSource {
  const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : source;
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

function blobSource(blob: Blob): ByteSource {
  const read: ByteSource['read'] = async (offset, length) => {
    return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
  };
  return { size: blob.size, read };
}

/** Reads the body as it arrives. Its size is not taken from a header: with a content encoding that one tells another. */
function openResponse(response: Response): OpenSource {
  if (!response.ok) throw unreadable(`the response has status ${response.status}`);
  if (!response.body || response.bodyUsed) throw unreadable('the response has no body, or it has been read');
  const reader = response.body.getReader();
  let chunk: Uint8Array = new Uint8Array(0);

  /** The next bytes of the body, `length` of them or what is left. Joins chunks only where a piece spans several. */
  async function read(_: number, length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = length;
    for (;;) {
      const part = chunk.subarray(0, missing);
      chunk = chunk.subarray(part.length);
      missing -= part.length;
      if (part.length > 0) parts.push(part);
      if (missing === 0) break;
      const next = await reader.read().catch((cause) => {
        throw unreadable('the download broke off', cause);
      });
      if (next.done) break;
      chunk = next.value;
    }
    return parts.length === 1 ? parts[0]! : concat(parts, length - missing);
  }
  // A failing stream rejects `cancel` too; what went wrong has been told by then.
  return { again: false, read, cancel: () => void reader.cancel().catch(() => {}) };
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function unreadable(why: string, cause?: unknown): TrtxError {
  return new TrtxError('SOURCE_UNREADABLE', `the engine cannot be read: ${why}`, {
    hint: 'see whether the address or the file is right',
    cause,
  });
}
