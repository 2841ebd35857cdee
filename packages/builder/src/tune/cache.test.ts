import type { Tactic } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { TimingCache } from './cache.ts';
import type { DeviceKey } from './device-key.ts';

const key = (device: string): DeviceKey => ({
  vendor: 'v',
  architecture: 'a',
  device,
  description: 'driver 1',
  implementation: 'webgpu 1',
  features: ['shader-f16'],
});

const tactic = (id: string, params: object = {}, version = 1) =>
  ({ kernel: { id, version }, params, formats: { reads: 'row-major', writes: 'row-major' }, cost: 1 }) as Tactic;

function filled(): TimingCache {
  const cache = new TimingCache();
  const device = cache.device(key('one'));
  device.set('p "2"', tactic('conv', { rows: 4 }), { us: 20, spread: 0.01, rounds: 9 });
  device.set('p "2"', tactic('conv', { rows: 8 }), { us: 10.5, spread: 0.02, rounds: 15 });
  device.set('p "2"', tactic('other'), { failed: 'no' });
  device.set('__proto__', tactic('map'), { us: 1, rounds: 1 });
  return cache;
}

describe('a timing cache', () => {
  it('is a text to be read, in an order that does not depend on how it was filled', () => {
    expect(filled().toString()).toMatchInlineSnapshot(`
      "{
        "format": "trtx timing cache",
        "version": 1,
        "devices": [
          {
            "device": {
              "vendor": "v",
              "architecture": "a",
              "device": "one",
              "description": "driver 1",
              "implementation": "webgpu 1",
              "features": ["shader-f16"]
            },
            "problems": {
              "__proto__": {
                "map": { "version": 1, "us": 1, "rounds": 1 }
              },
              "p \\"2\\"": {
                "conv rows=8": { "version": 1, "us": 10.5, "spread": 0.02, "rounds": 15 },
                "conv rows=4": { "version": 1, "us": 20, "spread": 0.01, "rounds": 9 },
                "other": { "version": 1, "failed": "no" }
              }
            }
          }
        ]
      }
      "
    `);
    const other = new TimingCache();
    other.device(key('two')).set('p', tactic('map'), { us: 2, rounds: 1 });
    const [a, b] = [filled(), TimingCache.parse(other.toString())];
    a.merge(other);
    b.merge(filled());
    expect(a.toString()).toBe(b.toString());
    expect(TimingCache.parse(a.toString()).toString()).toBe(a.toString());
    expect(TimingCache.parse(new TimingCache().toString()).devices).toEqual([]);
  });

  it('knows times of the same device and the same version of a kernel alone', () => {
    const cache = TimingCache.parse(filled().toString());
    const device = cache.device(key('one'));
    expect(device.of('p "2"', tactic('conv', { rows: 8 }))).toEqual({ us: 10.5 });
    expect(device.of('p "2"', tactic('other'))).toEqual({ failed: 'no' });
    expect(device.of('__proto__', tactic('map'))).toEqual({ us: 1 });
    expect(device.of('p "2"', tactic('conv', { rows: 8 }, 2))).toBeUndefined();
    expect(device.of('p', tactic('conv', { rows: 8 }))).toBeUndefined();
    const other = { ...key('one'), implementation: 'webgpu 2' };
    expect(cache.device(other).of('p "2"', tactic('other'))).toBeUndefined();
  });

  it('takes over of another what was measured more often, or for a newer kernel', () => {
    const cache = filled();
    const other = new TimingCache();
    const device = other.device(key('one'));
    device.set('p "2"', tactic('conv', { rows: 4 }), { us: 5, rounds: 10 });
    device.set('p "2"', tactic('conv', { rows: 8 }), { us: 5, rounds: 3 });
    device.set('p "2"', tactic('other', {}, 2), { us: 7, rounds: 1 });
    cache.merge(other);
    const own = cache.device(key('one'));
    expect(own.of('p "2"', tactic('conv', { rows: 4 }))).toEqual({ us: 5 });
    expect(own.of('p "2"', tactic('conv', { rows: 8 }))).toEqual({ us: 10.5 });
    expect(own.of('p "2"', tactic('other', {}, 2))).toEqual({ us: 7 });
  });

  it.each([
    ['', 'it is not JSON'],
    ['{"format": "trtx timing cache"', 'it is not JSON'],
    ['[]', 'the file is no object'],
    ['{}', 'it is something else'],
    ['{"format":"trtx timing cache","version":2,"devices":[]}', 'it has version 2, and this is 1'],
    ['{"format":"trtx timing cache","version":1,"devices":{}}', '"devices" is no list'],
    ['{"format":"trtx timing cache","version":1,"devices":[{"device":{}}]}', '"vendor" of a device is no text'],
  ])('refuses %j', (text, reason) => {
    expect(() => TimingCache.parse(text)).toThrow(
      expect.objectContaining({
        code: 'TIMING_CACHE',
        summary: expect.stringContaining(reason),
        hint: expect.any(String),
      }),
    );
  });

  it.each([
    ['"us": 20', '"us": "20"', 'a time of conv rows=4 is no number'],
    ['"us": 20', '"us": -1', 'a time of conv rows=4 is no number'],
    ['"us": 20, ', '', 'conv rows=4 needs one of "us" and "failed"'],
    ['"rounds": 9', '"rounds": 0.5', '"rounds" of conv rows=4 is no count'],
    ['"version": 1, "us": 20', '"us": 20', '"version" of conv rows=4 is no number of a version'],
    ['"failed": "no"', '"failed": 1', '"failed" of other is no text'],
    ['["shader-f16"]', '[1]', '"features" of a device is no list of texts'],
  ])('refuses it with %s as %s', (from, to, reason) => {
    const text = filled().toString();
    expect(text).toContain(from);
    expect(() => TimingCache.parse(text.replace(from, to))).toThrow(reason);
  });

  it('is read or refused with the same error, whatever is cut out of it or changed in it', () => {
    const text = filled().toString();
    for (let at = 0; at < text.length; at += 7) {
      for (const broken of [
        text.slice(0, at),
        text.slice(0, at) + text.slice(at + 5),
        `${text.slice(0, at)}0${text.slice(at + 1)}`,
      ]) {
        try {
          TimingCache.parse(broken);
        } catch (error) {
          expect(error).toMatchObject({ code: 'TIMING_CACHE' });
        }
      }
    }
  });
});
