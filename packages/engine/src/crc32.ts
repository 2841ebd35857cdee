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
  let c = ~previous;
  let i = 0;
  const aligned = Math.min(n, (4 - (bytes.byteOffset & 3)) & 3);
  for (; i < aligned; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  const words = new Int32Array(bytes.buffer, i < n ? bytes.byteOffset + i : 0, Math.floor((n - i) / 16) * 4);
  for (let w = 0; w < words.length; w += 4) {
    const a = words[w]! ^ c;
    const b = words[w + 1]!;
    const d = words[w + 2]!;
    const e = words[w + 3]!;
    c =
      t[0xf00 + (a & 255)]! ^
      t[0xe00 + ((a >>> 8) & 255)]! ^
      t[0xd00 + ((a >>> 16) & 255)]! ^
      t[0xc00 + (a >>> 24)]! ^
      t[0xb00 + (b & 255)]! ^
      t[0xa00 + ((b >>> 8) & 255)]! ^
      t[0x900 + ((b >>> 16) & 255)]! ^
      t[0x800 + (b >>> 24)]! ^
      t[0x700 + (d & 255)]! ^
      t[0x600 + ((d >>> 8) & 255)]! ^
      t[0x500 + ((d >>> 16) & 255)]! ^
      t[0x400 + (d >>> 24)]! ^
      t[0x300 + (e & 255)]! ^
      t[0x200 + ((e >>> 8) & 255)]! ^
      t[0x100 + ((e >>> 16) & 255)]! ^
      t[e >>> 24]!;
  }
  for (i += words.length * 4; i < n; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
