// Numbers, sizes and times as a person reads them in one language. Pure: the clock is a parameter.

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

const WEEK_MS = 7 * 86_400_000;
const SPANS_LEAST = ["millisecond", 1] as const;
const SPANS: readonly (readonly [string, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
  SPANS_LEAST,
];

/** Formats for one language; making them is slow, so one is kept a language. */
export class Format {
  readonly #number: Intl.NumberFormat;
  readonly #tenth: Intl.NumberFormat;
  readonly #age: Intl.RelativeTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #dateAndYear: Intl.DateTimeFormat;
  readonly #language: string;

  constructor(language: string) {
    this.#language = language;
    this.#number = new Intl.NumberFormat(language);
    this.#tenth = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    this.#age = new Intl.RelativeTimeFormat(language, { style: "narrow", numeric: "auto" });
    this.#time = new Intl.DateTimeFormat(language, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hourCycle: "h23",
    });
    this.#clock = new Intl.DateTimeFormat(language, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    this.#day = new Intl.DateTimeFormat(language, {
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
    });
    this.#dateAndYear = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
    this.#date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  }

  /** `1,204` */
  number(count: number): string {
    return this.#number.format(count);
  }

  /** `0 B`, `812 B`, `12.4 KB`: powers of 1,000, as disks and senders count. */
  bytes(count: number): string {
    const units = ["B", "KB", "MB", "GB", "TB"];
    let size = count;
    let unit = 0;
    while (size >= 999.95 && unit < units.length - 1) {
      size /= 1000;
      unit += 1;
    }
    const shown = unit === 0 ? this.#number.format(size) : this.#tenth.format(size);
    return `${shown} ${units[unit] ?? "B"}`;
  }

  /** How long ago it was; never in the future, for `nowMs` ticks only once a second. */
  ago(atMs: number, nowMs: number): string {
    return this.#relative(Math.min(atMs, nowMs), nowMs);
  }

  /** How long until it is; never in the past. */
  until(atMs: number, nowMs: number): string {
    return this.#relative(Math.max(atMs, nowMs), nowMs);
  }

  /** `now`, `12s ago`, `in 4 min` */
  #relative(atMs: number, nowMs: number): string {
    const seconds = Math.round((atMs - nowMs) / 1000);
    const size = Math.abs(seconds);
    const [unit, length] = STEPS.find(([, length]) => size >= length) ?? ["second", 1];
    return this.#age.format(Math.trunc(seconds / length), unit);
  }

  /** The time between two moments in its largest unit: `14 ms`, `2.4 s`, `40 min`. */
  span(ms: number): string {
    const [unit, length] = SPANS.find(([, length]) => ms >= length) ?? SPANS_LEAST;
    const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(this.#language, style).format(ms / length);
  }

  /** Date and time to the millisecond. */
  moment(atMs: number): string {
    return `${this.#day.format(atMs)}, ${this.#time.format(atMs)}`;
  }

  /** The time of day to the millisecond. */
  time(atMs: number): string {
    return this.#time.format(atMs);
  }

  /** The time of day to the minute. */
  clock(atMs: number): string {
    return this.#clock.format(atMs);
  }

  /** Day and month. */
  date(atMs: number): string {
    return this.#date.format(atMs);
  }

  /** `today`, `yesterday`, then the date, with the year if it is not this one. */
  day(atMs: number, nowMs: number): string {
    const days = dayNumber(atMs) - dayNumber(nowMs);
    if (days === 0 || days === -1) return this.#age.format(days, "day");
    const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
    return (isThisYear ? this.#date : this.#dateAndYear).format(atMs);
  }

  /** As {@link ago} for a week, then as {@link day}. */
  agoOrDay(atMs: number, nowMs: number): string {
    return nowMs - atMs < WEEK_MS ? this.ago(atMs, nowMs) : this.day(atMs, nowMs);
  }
}

/** Which day of local time a moment falls on, counted from 1970. */
export function dayNumber(atMs: number): number {
  const date = new Date(atMs);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
