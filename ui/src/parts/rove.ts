// Arrow keys move the focus among the buttons of a group, which is then one tab stop.

const STEPS = {
  horizontal: { ArrowLeft: -1, ArrowRight: 1 },
  vertical: { ArrowUp: -1, ArrowDown: 1 },
} as const;

/** A `keydown` handler for the element around the buttons. */
export function rove(direction: keyof typeof STEPS) {
  const steps: Record<string, number> = STEPS[direction];
  return (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
    const stops = [
      ...event.currentTarget.querySelectorAll<HTMLElement>(
        "button[data-stop], [role=tab], [role=radio]",
      ),
    ];
    const from = stops.findIndex((stop) => stop === document.activeElement);
    const to = target(event.key, from, stops.length, steps);
    if (from < 0 || to === null) return;
    event.preventDefault();
    stops[to]?.focus();
  };
}

function target(
  key: string,
  from: number,
  count: number,
  steps: Record<string, number>,
): number | null {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = steps[key];
  return step === undefined ? null : (from + step + count) % count;
}
