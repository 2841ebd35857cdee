// Keys of problems of real networks: whatever has one key has one shader for each tactic, so that one measurement serves all.

import { buildPlan } from '@trtx/builder';
import { PORTABLE, type Timings } from '@trtx/codegen';
import { dispatchesOf } from '@trtx/engine';
import { parseProfile } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { describe, expect, it } from 'vitest';
import { hasShared, hydrated, OCR } from '../support/models.ts';

const MODELS = [
  ['resnet18', 'input:{1..8}x3x224x224'],
  ['mobilenet_v2', 'input:1x3x224x224'],
  ['squeezenet1_1', 'input:1x3x224x224'],
  ['vit_tiny', 'pixel_values:{1..4}x3x224x224'],
  ['vit_tiny_dynamo', 'pixel_values:1x3x224x224'],
  [OCR.recognizer, 'x:1x3x48x{320..3200:32}'],
] as const;

/** Nothing was measured; with it, plans tell the keys. */
const NOTHING: Timings = { of: () => undefined };

/** Floats are printed into shaders, negative ones in parentheses, and have no part in keys. */
const FLOAT = /-?\b\d+(\.\d+)?(e[+-]?\d+)?f\b|bitcast<f32>\(0x[0-9a-f]+u\)/g;
const withoutFloats = (wgsl: string) => wgsl.replace(/\((-\d+(?:\.\d+)?(?:e[+-]?\d+)?f)\)/g, '$1').replace(FLOAT, '#');

describe.runIf(hasShared)('keys of problems', () => {
  it.each([true, false])('stand for one shader, in all models; on a software adapter: %s', async (software) => {
    const shaders = new Map<string, string>();
    let dispatches = 0;
    for (const [name, profile] of MODELS) {
      const { graph } = await importFile(name.includes('/') ? name : hydrated(name).model);
      const { plan } = buildPlan(graph, {
        profile: parseProfile(profile),
        timings: NOTHING,
        target: { ...PORTABLE, software },
      });
      const stages: string[] = [];
      for (const [i, { label, pipeline }] of [...dispatchesOf(plan.steps)].entries()) {
        stages.push(withoutFloats(plan.modules[plan.pipelines[pipeline]!.module]!));
        const { timing } = plan.work!.dispatches[i]!;
        // Of a kernel with several dispatches the last one has it.
        if (!timing) continue;
        const { problem } = timing;
        const wgsl = stages.splice(0).join('\n');
        expect(shaders.get(`${label}\n${problem}`) ?? wgsl, `${name}: ${problem}`).toBe(wgsl);
        shaders.set(`${label}\n${problem}`, wgsl);
        dispatches++;
      }
      expect(stages).toEqual([]);
    }
    // Fewer problems than dispatches, but no fewer than shaders.
    expect(shaders.size).toBeLessThan(0.7 * dispatches);
    expect(shaders.size).toBeGreaterThanOrEqual(new Set(shaders.values()).size);
  });
});
