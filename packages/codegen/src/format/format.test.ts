import { dimOf, Graph, Sym } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { denseView, type TensorView } from '../group/view.ts';
import { axesIn, hasChannelVectors, liesIn, orderOf, partIn, stridesIn } from './format.ts';

const storage = (...shape: TensorView['shape']) =>
  new Graph('test').addInput('x', { dtype: 'float32', shape: [...shape] });

describe('formats', () => {
  it('put the channels last', () => {
    expect(axesIn('channels-last', 4)).toEqual([0, 2, 3, 1]);
    expect(stridesIn('channels-last', [2, 8, 3, 5])).toEqual([120, 1, 40, 8]);
    expect(stridesIn('row-major', [2, 8, 3, 5])).toEqual([120, 15, 5, 1]);
    expect(stridesIn('channels-last', [8, 3])).toEqual([3, 1]);
  });

  it('are told from strides', () => {
    const view = denseView(storage(2, 8, 3, 5));
    expect(orderOf(view)).toEqual([0, 1, 2, 3]);
    expect(orderOf(partIn('channels-last', view)!)).toEqual([0, 2, 3, 1]);
    expect(orderOf({ ...view, strides: [120, 15, 1, 3] })).toBeUndefined();
  });

  it('move a part along one axis with the whole', () => {
    const whole = storage(2, 8, 3, 5);
    const part = { ...denseView(whole), shape: [2, 4, 3, 5], offset: 4 * 15 };
    expect(partIn('channels-last', part)).toMatchObject({ offset: 4, strides: [120, 1, 40, 8] });
    const rows = { ...denseView(whole), shape: [2, 8, 1, 5], offset: 2 * 5 };
    expect(partIn('channels-last', rows)).toMatchObject({ offset: 80, strides: [120, 1, 40, 8] });
  });

  it('move a part of symbolic sizes', () => {
    const h = dimOf(new Sym('H', 1, 64));
    const whole = storage(1, 8, h, 5);
    const part = { ...denseView(whole), shape: [1, 4, h, 5], offset: denseView(whole).strides[1]! };
    expect(partIn('channels-last', part)).toMatchObject({ offset: 1 });
  });

  it('have no place for what is not part of a memory', () => {
    const whole = storage(2, 8, 3, 5);
    expect(partIn('channels-last', { ...denseView(whole), shape: [2, 120], strides: [120, 1] })).toBeUndefined();
  });

  it.each([
    ['eight channels', [2, 8, 3, 5], 0, true],
    ['six channels', [2, 6, 3, 5], 0, false],
    ['from the second channel on', [2, 8, 3, 5], 1, false],
    ['from the fifth channel on', [2, 8, 3, 5], 4, true],
  ] as const)('%s: four at once %s', (_, shape, offset, expected) => {
    const last = { ...denseView(storage(...shape)), strides: stridesIn('channels-last', shape), offset };
    expect(hasChannelVectors(last)).toBe(expected);
    expect(liesIn('channels-last', last)).toBe(expected);
    expect(liesIn('row-major', last)).toBe(false);
  });

  it('are both where there is one place to a channel', () => {
    const view = denseView(storage(2, 8, 1, 1));
    expect([liesIn('row-major', view), liesIn('channels-last', view)]).toEqual([true, true]);
  });
});
