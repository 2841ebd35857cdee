import { expect, it } from 'vitest';
import { parseOpponent } from './index.ts';

it('knows engines and their providers', () => {
  expect(parseOpponent('ort-web:wasm').name).toBe('ort-web:wasm');
  expect(parseOpponent('tfjs', 'model.json').name).toBe('tfjs');
  for (const text of ['onnx', 'ort-node:wasm', 'tfjs:'])
    expect(() => parseOpponent(text, 'model.json')).toThrow(/USAGE.*is none of the engines/);
});

it('asks for the file of an engine that takes no ONNX', () => {
  expect(() => parseOpponent('tfjs')).toThrow(/USAGE: --vs tfjs needs the same network.*\n.*--vs-model/);
});
