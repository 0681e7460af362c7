// All that can be done from anywhere in the window: one table, from which the keys, the list of the
// keys, the palette and the settings are made. A new action is one entry in [`ACTIONS`].

import { en } from "../text/en";
import { zh } from "../text/zh";
import type { Desk } from "./desk.svelte";
import { LANGUAGES, TABS, THEMES, type Language } from "./prefs.svelte";

/** What stands together, in this order. */
export const GROUPS = ["move", "capture", "list", "endpoint", "window"] as const;

export interface Action {
  /** Its name in what is remembered; it never changes. */
  id: string;
  group: (typeof GROUPS)[number];
  words: Readonly<Record<Language, string>>;
  /** Its usual chords (see `text/chords.ts`). */
  keys: readonly string[];
  /** Whether it can be done now; always, where there is none. */
  can?: (desk: Desk) => boolean;
  run: (desk: Desk) => unknown;
}

const tabs = TABS.map((tab, at): Action => ({
  id: `tab-${tab}`,
  group: "capture",
  words: { en: `Show ${en.detail.tabs[tab].toLowerCase()}`, zh: `显示${zh.detail.tabs[tab]}` },
  keys: [String(at + 1)],
  run: ({ prefs, rules }) => {
    rules.close();
    prefs.set({ tab });
  },
}));

const themes = THEMES.map((theme): Action => ({
  id: `theme-${theme}`,
  group: "window",
  words: { en: en.bar.theme(en.bar.themes[theme]), zh: zh.bar.theme(zh.bar.themes[theme]) },
  keys: [],
  can: ({ prefs }) => prefs.looks.theme !== theme,
  run: ({ prefs }) => prefs.set({ theme }),
}));

const languages = LANGUAGES.map((language): Action => {
  const name = { en: "English", zh: "简体中文" }[language];
  return {
    id: `language-${language}`,
    group: "window",
    words: { en: `Language: ${name}`, zh: `语言：${name}` },
    keys: [],
    can: ({ prefs }) => prefs.looks.language !== language,
    run: ({ prefs }) => prefs.chooseLanguage(language),
  };
});

const isPaired = ({ status }: Desk) => status.now?.relay != null;
const hasCapture = ({ inspection }: Desk) => inspection.row !== null;

export const ACTIONS: readonly Action[] = [
  {
    id: "next",
    group: "move",
    words: { en: "Next capture", zh: "下一条捕获" },
    keys: ["j", "ArrowDown"],
    run: ({ captures }) => captures.step(1),
  },
  {
    id: "previous",
    group: "move",
    words: { en: "Previous capture", zh: "上一条捕获" },
    keys: ["k", "ArrowUp"],
    run: ({ captures }) => captures.step(-1),
  },
  {
    id: "newest",
    group: "move",
    words: { en: "Newest capture", zh: "最新的捕获" },
    keys: [],
    run: ({ captures }) => captures.choose(0),
  },
  {
    id: "oldest",
    group: "move",
    words: { en: "Oldest capture", zh: "最旧的捕获" },
    keys: [],
    run: ({ captures }) => captures.choose(captures.shown - 1),
  },
  {
    id: "filter",
    group: "move",
    words: { en: "Filter the captures", zh: "筛选捕获" },
    keys: ["/", "Mod+f"],
    run: ({ panes }) => panes?.toFilter(),
  },
  ...tabs,
  {
    id: "copy-path",
    group: "capture",
    words: { en: "Copy the path of this capture", zh: "复制此捕获的路径" },
    keys: [],
    can: hasCapture,
    run: (desk) => desk.copy(desk.inspection.row?.target ?? "", desk.words.copy.pathDone),
  },
  {
    id: "copy-curl",
    group: "capture",
    words: { en: en.acts.copyCurl, zh: zh.acts.copyCurl },
    keys: ["c"],
    can: hasCapture,
    run: ({ acts }) => acts.copyAs("curl"),
  },
  {
    id: "replay",
    group: "capture",
    words: { en: "Replay", zh: "重放" },
    keys: ["r"],
    can: hasCapture,
    run: ({ again, picks }) => (picks.count > 1 ? again.openMany(false) : again.replay()),
  },
  {
    id: "replay-to",
    group: "capture",
    words: { en: en.again.replayTo, zh: zh.again.replayTo },
    keys: [],
    can: hasCapture,
    run: ({ again }) => again.ask(),
  },
  {
    id: "edit",
    group: "capture",
    words: { en: en.again.edit, zh: zh.again.edit },
    keys: ["e"],
    can: hasCapture,
    run: ({ again }) => again.edit(),
  },
  {
    id: "replay-list",
    group: "list",
    words: { en: en.again.manyList, zh: zh.again.manyList },
    keys: [],
    can: ({ captures }) => captures.shown > 0,
    run: ({ again }) => again.openMany(true),
  },
  {
    id: "diff",
    group: "capture",
    words: { en: en.acts.compare, zh: zh.acts.compare },
    keys: ["d"],
    can: hasCapture,
    run: ({ acts, panes }) => {
      acts.comparePrevious();
      panes?.toDetail();
    },
  },
  {
    id: "verify",
    group: "capture",
    words: { en: "What the signature proves", zh: "签名证明了什么" },
    keys: ["v"],
    can: hasCapture,
    run: ({ prefs }) => prefs.set({ tab: "verify" }),
  },
  {
    id: "run-rule",
    group: "capture",
    words: { en: en.rules.run, zh: zh.rules.run },
    keys: ["x"],
    can: hasCapture,
    run: ({ running }) => running.ask(),
  },
  {
    id: "rules",
    group: "endpoint",
    words: { en: en.rules.open, zh: zh.rules.open },
    keys: [],
    can: ({ nearest }) => nearest !== null,
    run: (desk) => desk.openRules(),
  },
  {
    id: "runs",
    group: "endpoint",
    words: { en: en.rules.openRuns, zh: zh.rules.openRuns },
    keys: [],
    run: (desk) => {
      desk.screen = "detail";
      desk.rules.openRuns();
    },
  },
  {
    id: "pin",
    group: "capture",
    words: { en: "Pin on top, or unpin", zh: "置顶或取消置顶" },
    keys: ["p"],
    can: hasCapture,
    run: ({ acts }) => acts.pin(),
  },
  {
    id: "note",
    group: "capture",
    words: { en: "Write a note", zh: "写备注" },
    keys: ["n"],
    can: hasCapture,
    run: (desk) => {
      desk.screen = "detail";
      desk.acts.openNote();
    },
  },
  {
    id: "delete",
    group: "capture",
    words: { en: "Delete", zh: "删除" },
    keys: ["Delete"],
    can: hasCapture,
    run: ({ acts }) => acts.delete(),
  },
  {
    id: "undo",
    group: "capture",
    words: { en: "Bring back what was deleted last", zh: "恢复刚才删除的捕获" },
    keys: [],
    run: ({ acts }) => acts.undo(),
  },
  {
    id: "live",
    group: "list",
    words: { en: "Follow what arrives, or pause", zh: "跟随新到的请求或暂停" },
    keys: ["l"],
    run: ({ captures }) => (captures.isLive ? captures.pause() : captures.follow()),
  },
  {
    id: "times",
    group: "list",
    words: { en: "Ages or clock times", zh: "相对时间或钟表时间" },
    keys: ["t"],
    run: ({ prefs }) => prefs.set({ isAbsolute: !prefs.looks.isAbsolute }),
  },
  {
    id: "everything",
    group: "list",
    words: { en: "Captures of all endpoints", zh: "所有端点的捕获" },
    keys: [],
    can: ({ captures }) => captures.filter.endpoint !== null,
    run: ({ captures }) => captures.showEndpoint(null),
  },
  {
    id: "send-test",
    group: "list",
    words: { en: "Send a test webhook", zh: "发送测试 webhook" },
    keys: [],
    can: ({ status }) => status.now?.receiver != null,
    run: (desk) => desk.sendTest(),
  },
  {
    id: "endpoint-settings",
    group: "endpoint",
    words: { en: "Settings of the endpoint", zh: "端点的设置" },
    keys: ["s"],
    can: ({ nearest }) => nearest !== null,
    run: (desk) => desk.openSettings(desk.nearest),
  },
  {
    id: "new-endpoint",
    group: "endpoint",
    words: { en: "New endpoint…", zh: "新建端点…" },
    keys: [],
    can: isPaired,
    run: (desk) => (desk.dialog = "create"),
  },
  {
    id: "copy-address",
    group: "endpoint",
    words: { en: "Copy the address", zh: "复制地址" },
    keys: [],
    can: ({ address }) => address !== null,
    run: (desk) => desk.copy(desk.address?.url ?? "", desk.words.address.copied),
  },
  {
    id: "copy-try-line",
    group: "endpoint",
    words: { en: "Copy a curl line to try the address", zh: "复制用于试用地址的 curl 命令" },
    keys: [],
    can: ({ address }) => address !== null,
    run: (desk) => desk.copyTryLine(desk.address?.id ?? ""),
  },
  {
    id: "palette",
    group: "window",
    words: { en: "Do anything by its name", zh: "按名称执行任何操作" },
    keys: ["Mod+k"],
    run: (desk) => (desk.dialog = "palette"),
  },
  {
    id: "preferences",
    group: "window",
    words: { en: "Settings", zh: "设置" },
    keys: ["Mod+,"],
    run: (desk) => desk.openPreferences(),
  },
  {
    id: "keys",
    group: "window",
    words: { en: "Keyboard shortcuts", zh: "键盘快捷键" },
    keys: ["?"],
    run: (desk) => (desk.dialog = "keys"),
  },
  {
    id: "side",
    group: "window",
    words: { en: "Show or hide the endpoints", zh: "显示或隐藏端点栏" },
    keys: ["["],
    run: ({ prefs }) => prefs.set({ isSideOpen: !prefs.looks.isSideOpen }),
  },
  {
    id: "list",
    group: "window",
    words: { en: "Show or hide the captures", zh: "显示或隐藏捕获栏" },
    keys: [],
    run: ({ prefs }) => prefs.set({ isListOpen: !prefs.looks.isListOpen }),
  },
  {
    id: "line",
    group: "window",
    words: { en: "How the line to the relay is", zh: "到中继的连接状况" },
    keys: [],
    run: (desk) => (desk.dialog = "line"),
  },
  {
    id: "pair",
    group: "window",
    words: { en: "Pair with a relay…", zh: "与中继配对…" },
    keys: [],
    run: (desk) => (desk.dialog = "pair"),
  },
  {
    id: "notices",
    group: "window",
    words: { en: "Notices", zh: "提示" },
    keys: [],
    can: ({ status }) => (status.now?.notices.length ?? 0) > 0,
    run: (desk) => (desk.dialog = "notices"),
  },
  {
    id: "guide",
    group: "window",
    words: { en: "First steps", zh: "入门步骤" },
    keys: [],
    run: (desk) => desk.openGuide(),
  },
  ...themes,
  ...languages,
];

/** Keys that belong to what has the focus, and are always the same. */
export const FIXED: readonly Omit<Action, "id" | "run" | "can">[] = [
  { group: "move", keys: ["Enter"], words: { en: "To the capture", zh: "进入捕获" } },
  { group: "move", keys: ["Escape"], words: { en: "Back to the list", zh: "回到列表" } },
  { group: "move", keys: ["Home", "End"], words: { en: "Newest and oldest", zh: "最新与最旧" } },
  { group: "move", keys: ["PageUp", "PageDown"], words: { en: "A page at a time", zh: "翻一页" } },
  {
    group: "capture",
    keys: ["ArrowLeft", "ArrowRight"],
    words: { en: "Fold and unfold in the tree", zh: "在树中折叠与展开" },
  },
  {
    group: "capture",
    keys: ["Mod+c"],
    words: { en: "Copy the value in the tree", zh: "复制树中的值" },
  },
  {
    group: "capture",
    keys: ["Mod+z"],
    words: { en: "Undo", zh: "撤销" },
  },
  { group: "list", keys: ["Space"], words: { en: "Select, or no longer", zh: "选择或取消选择" } },
  { group: "list", keys: ["Mod+a"], words: { en: "Select all", zh: "全选" } },
];
