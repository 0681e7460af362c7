// The chart of arrivals: bars on a canvas, a span that is drawn with the mouse. In a chunk of its
// own, for it is wanted after the first screen.

import "./locale"; // before uPlot
import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";

import type { Timeline } from "../bindings/Timeline";

/** What it is drawn with. */
export interface Ink {
  font: string;
  axis: string;
  none: string;
  ok: string;
  failed: string;
  /** What lies between the stripes of what failed. */
  failedGround: string;
}

interface Wishes {
  /** How things look at the moment. */
  ink: () => Ink;
  /** What stands under a bar that begins then. */
  label: (ms: number) => string;
  /** The pointer is over the slot `at`, or over none. */
  onpoint: (at: number | null) => void;
  /** A span was drawn, from the begin of a slot to the end of one: Unix epoch, milliseconds. */
  onspan: (fromMs: number, toMs: number) => void;
}

const AXIS_PX = 16;
const LABEL_PX = 64;
/** A hand that only clicks may move this much. */
const JITTER_PX = 3;

export class Chart {
  readonly #host: HTMLElement;
  readonly #wishes: Wishes;
  readonly #plot: uPlot;
  readonly #watch: ResizeObserver;
  #line: Timeline = { fromMs: 0, slotMs: 1, captures: [], ok: [], failed: [] };

  constructor(host: HTMLElement, wishes: Wishes) {
    this.#host = host;
    this.#wishes = wishes;
    this.#plot = new uPlot(this.#options(), [[], [], [], []], host);
    this.#watch = new ResizeObserver(() => {
      this.#plot.setSize(this.#size());
    });
    this.#watch.observe(host);
  }

  /** Draws `line`. */
  show(line: Timeline): void {
    this.#line = line;
    const { captures, ok, failed } = line;
    const begins = captures.map((_, at) => (line.fromMs + at * line.slotMs) / 1_000);
    // Each series stands before the one it is a part of.
    const passedOn = ok.map((count, at) => count + (failed[at] ?? 0));
    this.#plot.setData([begins, captures, passedOn, failed]);
  }

  /** Draws anew, as when the theme has changed. */
  redraw(): void {
    this.#plot.redraw(false, true);
  }

  destroy(): void {
    this.#watch.disconnect();
    this.#plot.destroy();
  }

  #size() {
    return { width: this.#host.clientWidth, height: this.#host.clientHeight };
  }

  /** The slot at `px` from the left. */
  #slotAt(px: number): number {
    const { fromMs, slotMs, captures } = this.#line;
    const slot = Math.floor((this.#plot.posToVal(px, "x") * 1_000 - fromMs) / slotMs);
    return Math.min(captures.length - 1, Math.max(0, slot));
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width === 0) return;
    const { fromMs, slotMs } = this.#line;
    const [first, last] = [this.#slotAt(left), this.#slotAt(left + width)];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width > JITTER_PX)
      this.#wishes.onspan(fromMs + first * slotMs, fromMs + (last + 1) * slotMs);
  }

  #options(): uPlot.Options {
    const { ink, label, onpoint } = this.#wishes;
    const bars = uPlot.paths.bars?.({ size: [1], align: 1, gap: 1 });
    const series = (fill: () => CanvasRenderingContext2D["fillStyle"]): uPlot.Series => ({
      fill,
      width: 0,
      points: { show: false },
      ...(bars ? { paths: bars } : {}),
    });
    const end = () => {
      const { fromMs, slotMs, captures } = this.#line;
      return [fromMs / 1_000, (fromMs + slotMs * captures.length) / 1_000] as [number, number];
    };
    return {
      ...this.#size(),
      padding: [2, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales: {
        x: { range: end },
        y: { range: (_, __, most) => [0, Math.max(1, most)] },
      },
      axes: [
        {
          stroke: () => ink().axis,
          font: ink().font,
          size: AXIS_PX,
          gap: 2,
          space: LABEL_PX,
          grid: { show: false },
          ticks: { show: false },
          // One that would be cut off is left out.
          values: (plot, splits) =>
            splits.map((at) => {
              const px = plot.valToPos(at, "x");
              const isWhole = px >= LABEL_PX / 4 && px <= plot.over.clientWidth - LABEL_PX / 4;
              return isWhole ? label(at * 1_000) : "";
            }),
        },
        { show: false },
      ],
      series: [{}, series(() => ink().none), series(() => ink().ok), series(() => hatched(ink()))],
      hooks: {
        setSelect: [(plot) => this.#selected(plot)],
        setCursor: [
          ({ cursor: { left = -1 } }) => {
            onpoint(left < 0 ? null : this.#slotAt(left));
          },
        ],
      },
    };
  }
}

/** Stripes, which are told from a plain ground without their colour. */
function hatched({ failed, failedGround }: Ink): CanvasPattern | string {
  const tile = document.createElement("canvas");
  const side = 6 * devicePixelRatio;
  tile.width = tile.height = side;
  const pen = tile.getContext("2d");
  if (!pen) return failed;
  pen.fillStyle = failedGround;
  pen.fillRect(0, 0, side, side);
  pen.strokeStyle = failed;
  pen.lineWidth = side / 3;
  pen.beginPath();
  for (const from of [-side, 0, side]) {
    pen.moveTo(from, side);
    pen.lineTo(from + side, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? failed;
}
