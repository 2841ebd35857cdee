// CRC-32 (the polynomial of zip and PNG), sixteen bytes a step: sixteen tables tell what each byte of a step does to the
// remainder, so the sixteen look-ups do not wait for each other ("slicing", Kounavis and Berry, 2005).

let tables: Int32Array | undefined;

/** Table k maps a byte to its effect after k more bytes. Made at the first call: importing this module costs nothing. */
function makeTables(): Int32Array {
  const t = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    t[byte] = c;
  }
  for (let i = 256; i < t.length; i++) {
    const c = t[i - 256]!;
    t[i] = t[c & 255]! ^ (c >>> 8);
  }
  return t;
}

/**
 * CRC-32 of `bytes` as an unsigned number. To checksum a stream, hand the result for the bytes so far in as `previous`.
 * Reads words in place, so it expects a little-endian host, as all of WebGPU's are.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  tables ??= makeTables();
  const t = tables;
  const n = bytes.length;
  const four = (table: number, word: number) =>
    t[table + 0x300 + (word & 255)]! ^
    t[table + 0x200 + ((word >>> 8) & 255)]! ^
    t[table + 0x100 + ((word >>> 16) & 255)]! ^
    t[table + (word >>> 24)]!;
  let c = ~previous;
  let i = 0;
  const aligned = Math.min(n, (4 - (bytes.byteOffset & 3)) & 3);
  for (; i < aligned; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  const words = new Int32Array(bytes.buffer, i < n ? bytes.byteOffset + i : 0, Math.floor((n - i) / 16) * 4);
  for (let w = 0; w < words.length; w += 4) {
    c = four(0xc00, c ^ words[w]!) ^ four(0x800, words[w + 1]!) ^ four(0x400, words[w + 2]!) ^ four(0, words[w + 3]!);
  }
  for (i += words.length * 4; i < n; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
