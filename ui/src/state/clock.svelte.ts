// The time as the window shows it: one tick a second for every relative time in it.

/** Ticks from `start` until the function that it returns is called. */
export class Clock {
  nowMs = $state(Date.now());

  start(): () => void {
    const timer = setInterval(() => {
      this.nowMs = Date.now();
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }
}
