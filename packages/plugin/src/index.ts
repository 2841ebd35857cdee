// @trtx/plugin: ops, kernels, passes and ONNX mappings of others.
export { type Extensions, extensionsOf, importOptions } from './extensions.ts';
export { API_VERSION, type ApiVersion, definePlugin, type OnnxMapping, type Plugin } from './plugin.ts';
