// The ONNX file format: messages, and how they are read and written.

export * from './decode.ts';
export * from './encode.ts';
export * from './schema.ts';
