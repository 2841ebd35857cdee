// WebGPU's flags by name. Node has no GPUBufferUsage among its globals, so the numbers of the specification stand here.

export const MAP_READ = 0x01;
export const COPY_SRC = 0x04;
export const COPY_DST = 0x08;
export const UNIFORM = 0x40;
export const STORAGE = 0x80;

/** GPUMapMode.READ */
export const MODE_READ = 1;
/** GPUShaderStage.COMPUTE */
export const STAGE_COMPUTE = 4;
