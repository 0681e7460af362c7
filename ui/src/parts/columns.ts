// How many characters of code fit beside each other in an element.

const SAMPLE = "0".repeat(100);

/** An attachment that tells `heard` the number now, and whenever the element's width changes. */
export function columnsOf(heard: (columns: number) => void) {
  return (element: HTMLElement): (() => void) => {
    const sample = document.createElement("span");
    sample.className = "code unseen";
    sample.setAttribute("aria-hidden", "true");
    sample.textContent = SAMPLE;
    sample.style.width = "auto";
    element.append(sample);
    const watcher = new ResizeObserver(() => {
      const onePx = sample.getBoundingClientRect().width / SAMPLE.length;
      if (onePx > 0) heard(Math.floor(element.clientWidth / onePx));
    });
    watcher.observe(element);
    watcher.observe(sample);
    return () => {
      watcher.disconnect();
      sample.remove();
    };
  };
}
