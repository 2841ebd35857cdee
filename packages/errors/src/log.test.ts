import { expect, it } from 'vitest';
import { atMost, type LogRecord, logText, severities } from './index.ts';

it('passes on what is as bad as asked for, or worse', () => {
  const told = (least: (typeof severities)[number]) => {
    const records: LogRecord[] = [];
    const logger = atMost(least, (record) => records.push(record));
    for (const severity of severities) logger({ severity, message: '' });
    return records.map(({ severity }) => severity);
  };
  expect(told('internal-error')).toEqual(['internal-error']);
  expect(told('warning')).toEqual(['internal-error', 'error', 'warning']);
  expect(told('verbose')).toEqual([...severities]);
});

it('prints a record as a line, names of the model escaped', () => {
  expect(logText({ severity: 'info', message: 'optimized' })).toBe('[info] optimized');
  expect(
    logText({ severity: 'error', code: 'DEVICE_LOST', message: 'gone', ms: 1.25, node: 'a\nb', kernel: 'conv.direct' }),
  ).toBe('[error] DEVICE_LOST: gone, 1.3 ms (node a\\u000ab, kernel conv.direct)');
});
