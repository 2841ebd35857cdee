// @trtx/builder: from model to engine.
export { type BuildOptions, type BuildProgress, type BuildStage, type BuiltEngine, build, bytesOf } from './build.ts';
export { profileAround, profileOf, requireBounded } from './profile.ts';
export { EngineRunner, type RunnerOptions } from './runner.ts';
export { targetOf } from './target.ts';
