// Ops on strings.

import { elementCount, type Tensor } from '@trtx/ir';
import { checkSize, defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, stridesOf } from '../tensors.ts';
import { compileRegex } from './regex/program.ts';

export const stringConcat = defineReference({
  op: 'StringConcat',
  run(call) {
    const { dims } = call.outputs[0]!;
    const [x, y] = [textsOf(call, 0), textsOf(call, 1)];
    const [a, b] = [broadcastOffsets(inputOf(call, 0).dims, dims), broadcastOffsets(inputOf(call, 1).dims, dims)];
    const data = Array.from({ length: elementCount(dims) }, (_, i) => x[a(i)]! + y[b(i)]!);
    return [{ dtype: 'string', dims, data }];
  },
});

export const stringSplit = defineReference({
  op: 'StringSplit',
  run(call) {
    const { dims } = inputOf(call, 0);
    const limit = call.at.has('maxsplit') ? call.at.int('maxsplit') : -1;
    const delimiter = call.at.string('delimiter');
    const parts = textsOf(call, 0).map((text) => {
      return delimiter === '' ? splitAtSpace(text, limit) : splitAt(text, delimiter, limit);
    });
    const most = parts.reduce((count, own) => Math.max(count, own.length), 0);
    checkSize('string', [...dims, most]);
    const data = parts.flatMap((own) => Array.from({ length: most }, (_, i) => own[i] ?? ''));
    const counts = Float64Array.from(parts, (own) => own.length);
    const split: Tensor = { dtype: 'string', dims: [...dims, most], data };
    return [split, fromFloat64('int64', dims, counts)].slice(0, call.outputs.length);
  },
});

/** At most `limit` cuts where it is not negative; what is left stays whole. */
function splitAt(text: string, delimiter: string, limit: number): string[] {
  const parts = text.split(delimiter);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(delimiter)];
}

function splitAtSpace(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const space = limit >= 0 && parts.length >= limit ? null : /\s+/.exec(rest);
    parts.push(space ? rest.slice(0, space.index) : rest);
    rest = space ? rest.slice(space.index + space[0].length) : '';
  }
  return parts;
}

export const stringNormalizer = defineReference({
  op: 'StringNormalizer',
  run(call) {
    const { dims } = inputOf(call, 0);
    const { at } = call;
    const locale = localeOf(at.string('locale'));
    const lower = (text: string) => text.toLocaleLowerCase(locale);
    const key = at.int('is_case_sensitive') ? (text: string) => text : lower;
    const dropped = new Set((at.strings('stopwords') ?? []).map(key));
    const kept = textsOf(call, 0).filter((text) => !dropped.has(key(text)));
    const action = at.string('case_change_action');
    const change =
      action === 'NONE'
        ? (text: string) => text
        : action === 'LOWER'
          ? lower
          : (text: string) => text.toLocaleUpperCase(locale);
    const data = kept.length > 0 ? kept.map(change) : [''];
    return [{ dtype: 'string', dims: [...dims.slice(0, -1), data.length], data }];
  },
});

/** POSIX names (`tr_TR.UTF-8`) as JavaScript has them; undefined, which is its default, for those that it lacks. */
function localeOf(name: string): string | undefined {
  const [tag = ''] = name.replaceAll('_', '-').split(/[.@]/);
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

export const regexFullMatch = defineReference({
  op: 'RegexFullMatch',
  run(call) {
    const regex = compileRegex(call.at.string('pattern'));
    const { dims } = inputOf(call, 0);
    return [{ dtype: 'bool', dims, data: Uint8Array.from(textsOf(call, 0), (text) => (regex.matches(text) ? 1 : 0)) }];
  },
  // All ways through the pattern are followed at once.
  steps: (at, { inputs }) => 128 * inputs[0]! * compileRegex(at.string('pattern')).size,
});

function textsOf(call: KernelCall, index: number): readonly string[] {
  return inputOf(call, index).data as readonly string[];
}

/** Where the element is that is read for an output element. */
function broadcastOffsets(from: readonly number[], to: readonly number[]): (linear: number) => number {
  const [own, strides] = [stridesOf(from), stridesOf(to)];
  const skip = to.length - from.length;
  return (linear) =>
    from.reduce((sum, dim, i) => {
      const place = Math.floor(linear / strides[i + skip]!) % to[i + skip]!;
      return sum + (dim === 1 ? 0 : place * own[i]!);
    }, 0);
}
