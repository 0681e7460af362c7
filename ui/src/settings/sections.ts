// The sections of the window's settings: what each shows, and by which words it is found. A new one
// is its name in `state/sections.ts`, its words, and an entry here.

import Bell from "@lucide/svelte/icons/bell";
import Archive from "@lucide/svelte/icons/archive";
import Keyboard from "@lucide/svelte/icons/keyboard";
import MonitorDown from "@lucide/svelte/icons/monitor-down";
import Palette from "@lucide/svelte/icons/palette";
import Radio from "@lucide/svelte/icons/radio-tower";
import type { Component } from "svelte";

import { ACTIONS } from "../state/actions";
import type { Section } from "../state/sections";
import AppearanceSettings from "./AppearanceSettings.svelte";
import BackgroundSettings from "./BackgroundSettings.svelte";
import HistorySettings from "./HistorySettings.svelte";
import KeySettings from "./KeySettings.svelte";
import ReceiverSettings from "./ReceiverSettings.svelte";
import RelaySettings from "./RelaySettings.svelte";
import { isAbout, type Telling } from "./sought";

interface Content {
  Icon: typeof Radio;
  /** Shows the settings that are about `sought`, or whatever is sought all of them. */
  Settings?: Component<{ sought: string }>;
  Whole?: Component;
  tells: readonly Telling[];
}

export const CONTENTS: Readonly<Record<Section, Content>> = {
  appearance: {
    Icon: Palette,
    Settings: AppearanceSettings,
    tells: [
      ({ preferences }) => preferences.theme,
      ({ preferences }) => preferences.language,
      ({ preferences }) => preferences.times,
      ({ preferences }) => preferences.side,
      ({ preferences }) => preferences.guide,
    ],
  },
  keys: {
    Icon: Keyboard,
    Settings: KeySettings,
    tells: ACTIONS.map(({ words }) => () => ({ title: words.en, why: words.zh })),
  },
  receiver: {
    Icon: MonitorDown,
    Settings: ReceiverSettings,
    tells: [
      ({ preferences }) => preferences.address,
      ({ preferences }) => preferences.passOn,
      ({ preferences }) => preferences.test,
      ({ again }) => again.allowed,
    ],
  },
  relay: {
    Icon: Radio,
    Settings: RelaySettings,
    tells: [
      ({ preferences }) => preferences.pairing,
      ({ preferences }) => preferences.another,
      ({ preferences }) => preferences.unpair,
    ],
  },
  history: {
    Icon: Archive,
    Whole: HistorySettings,
    tells: [
      ({ history }) => ({ title: history.keepTitle, why: history.keepWhy }),
      ({ history }) => ({ title: history.backupTitle, why: history.backupWhy }),
    ],
  },
  background: {
    Icon: Bell,
    Whole: BackgroundSettings,
    tells: [
      ({ background }) => ({ title: background.notify, why: background.notifyWhy }),
      ({ background }) => ({ title: background.hides, why: background.hidesWhy }),
      ({ background }) => ({ title: background.closing, why: background.closingWhy }),
      ({ background }) => ({ title: background.login, why: background.hiddenWhy }),
    ],
  },
};

/** Whether a section has a setting that is about `sought`. */
export function hasAbout(section: Section, sought: string): boolean {
  return CONTENTS[section].tells.some((telling) => isAbout(sought, telling));
}
