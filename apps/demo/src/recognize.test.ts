import { describe, expect, test } from 'vitest';
import { decodeGreedy, parseAlphabet, recognize } from './recognize.ts';
import type { Tensor } from './tensor.ts';

const alphabet = parseAlphabet('a\nb\nc');

/** Probabilities in which each step's character is likeliest; '-' is the blank. */
function steps(path: string, probability = 0.9): Tensor {
  const classes = alphabet.length;
  const data = new Float32Array(path.length * classes).fill((1 - probability) / (classes - 1));
  [...path].forEach((character, step) => {
    data[step * classes + (character === '-' ? 0 : alphabet.indexOf(character))] = probability;
  });
  return { data, dims: [1, path.length, classes] };
}

test('parseAlphabet adds the blank and the space, and keeps odd lines', () => {
  expect(alphabet).toEqual(['', 'a', 'b', 'c', ' ']);
  expect(parseAlphabet('a\r\n\u3000\r\nb\n')).toEqual(['', 'a', '\u3000', 'b', ' ']);
});

describe('decodeGreedy', () => {
  test.each([
    ['aabb', 'ab'],
    ['a-a', 'aa'],
    ['--a-bb--b-', 'abb'],
    ['ab  c', 'ab c'],
    ['----', ''],
    ['', ''],
  ])('%j says %j', (path, text) => {
    expect(decodeGreedy(steps(path), alphabet).text).toBe(text);
  });

  test('the confidence is the mean over the characters, at the first step of each', () => {
    const { data, dims } = steps('aa-b', 0.8);
    data[3 * alphabet.length + 2] = 0.6;
    expect(decodeGreedy({ data, dims }, alphabet).confidence).toBeCloseTo(0.7);
    expect(decodeGreedy(steps('--'), alphabet).confidence).toBe(0);
  });

  test('refuses classes that are not those of the alphabet', () => {
    expect(() => decodeGreedy(steps('ab'), ['', 'a'])).toThrow(RangeError);
  });
});

test.each([
  [10, 10, 320],
  [400, 48, 416],
  [1, 500, 320],
  [9000, 48, 3200],
])('a strip of %d x %d goes in as 48 x %d', async (width, height, expected) => {
  const strip = { width, height, rgba: new Uint8ClampedArray(width * height * 4).fill(255) };
  let dims: number[] = [];
  const reading = await recognize(
    strip,
    async (input) => {
      dims = input.dims;
      return steps('-ab- -');
    },
    alphabet,
  );
  expect(dims).toEqual([1, 3, 48, expected]);
  expect(reading.text).toBe('ab');
});
