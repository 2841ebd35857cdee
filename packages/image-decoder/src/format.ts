// Which format a file is of, by how it begins: only those that ONNX names are handed to a decoder that knows a hundred.

import { MagickFormat } from '@imagemagick/magick-wasm';

const SIGNATURES: readonly { readonly begins: string; readonly format: MagickFormat }[] = [
  { begins: 'BM', format: MagickFormat.Bmp },
  { begins: '\u00ff\u00d8\u00ff', format: MagickFormat.Jpeg },
  { begins: '\u0000\u0000\u0000\u000cjP  \r\n\u0087\n', format: MagickFormat.Jp2 },
  { begins: '\u00ff\u004f\u00ff\u0051', format: MagickFormat.J2k },
  { begins: '\u0089PNG\r\n\u001a\n', format: MagickFormat.Png },
  { begins: 'II*\u0000', format: MagickFormat.Tiff },
  { begins: 'MM\u0000*', format: MagickFormat.Tiff },
  // The four bytes in between are a length.
  { begins: 'RIFF....WEBP', format: MagickFormat.WebP },
  ...['P1', 'P2', 'P3', 'P4', 'P5', 'P6'].map((begins) => ({ begins, format: MagickFormat.Pnm })),
];

/** The format of the file, or undefined where it is none that ONNX names. */
export function formatOf(bytes: Uint8Array): MagickFormat | undefined {
  const matches = (begins: string) => [...begins].every((c, i) => c === '.' || bytes[i] === c.charCodeAt(0));
  return SIGNATURES.find(({ begins }) => matches(begins))?.format;
}
