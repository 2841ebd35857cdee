// The ONNX file format: messages, and how they are read.

export * from './decode.ts';
export * from './schema.ts';
