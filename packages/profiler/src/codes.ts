// Every `code` that an error of this package can have, beside those of the runtime. Codes are stable.

export type ProfilerErrorCode =
  /** The device has no timestamp queries, and there is nothing else that times a dispatch. */
  | 'NO_TIMESTAMPS'
  /** The device's timer goes backwards, or stands still: its times mean nothing. */
  | 'TIMER_UNUSABLE';
