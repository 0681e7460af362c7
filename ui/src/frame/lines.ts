// How the standing of the line looks: a shape and a tone. The shapes differ as much as the colours,
// and nothing is called good that was not proved.

import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleDot from "@lucide/svelte/icons/circle-dot";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CircleHelp from "@lucide/svelte/icons/circle-question-mark";
import OctagonX from "@lucide/svelte/icons/octagon-x";
import PlugZap from "@lucide/svelte/icons/plug-zap";
import Timer from "@lucide/svelte/icons/timer";
import Unplug from "@lucide/svelte/icons/unplug";

import type { Standing } from "../state/standing";

const LOOKS = {
  unpaired: { Icon: Unplug, tone: "quiet" },
  connecting: { Icon: CircleDashed, tone: "wait" },
  connected: { Icon: CircleCheck, tone: "good" },
  silent: { Icon: CircleHelp, tone: "wait" },
  deaf: { Icon: PlugZap, tone: "wait" },
  unreachable: { Icon: CircleAlert, tone: "bad" },
  waiting: { Icon: Timer, tone: "wait" },
  stopped: { Icon: OctagonX, tone: "bad" },
  elsewhere: { Icon: CircleDot, tone: "quiet" },
  paused: { Icon: CirclePause, tone: "wait" },
} as const satisfies Record<Standing, object>;

/** The shape and the tone of a standing. */
export function lookOf(standing: Standing): { Icon: typeof Timer; tone: string } {
  return LOOKS[standing];
}
