// The desktop's engine behind the door: each method is one command, all events are one channel.

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { EngineEvent } from "../bindings/EngineEvent";
import type { LinkView } from "../bindings/LinkView";
import type { WindowNews } from "../bindings/WindowNews";
import type { Backend } from "./backend";

/** Speaks to the engine of the window that this page runs in. */
export function tauriBackend(): Backend {
  return {
    status: () => invoke("status"),
    endpoints: () => invoke("endpoints"),
    queryHelp: (text, cursor) => invoke("query_help", { text, cursor }),
    openList: (filter) => invoke("open_list", { filter }),
    growList: (list) => invoke("grow_list", { list }),
    rows: (list, from, count) => invoke("rows", { list, from, count }),
    closeList: (list) => invoke("close_list", { list }),
    timeline: (list) => invoke("timeline", { list }),
    matches: (query) => invoke("matches", { query }),
    saved: () => invoke("saved"),
    setSaved: (all) => invoke("set_saved", { all }),
    tries: (id) => invoke("tries", { id }),
    mendList: (list, positions) => invoke("mend_list", { list, positions }),
    listSeqs: (list, from, count) => invoke("list_seqs", { list, from, count }),
    listPosition: (list, seq) => invoke("list_position", { list, seq }),
    mark: (seqs, change) => invoke("mark", { seqs, change }),
    compare: (id, other) => invoke("compare", { id, with: other }),
    formats: () => invoke("formats"),
    snippet: (id, format, withSecrets) => invoke("snippet", { id, format, withSecrets }),
    saveCaptures: (seqs, format, withSecrets) =>
      invoke("save_captures", { seqs, format, withSecrets }),
    detail: (id) => invoke("detail", { id }),
    bodyView: (body) => invoke("body_view", { body }),
    tree: (body, folds, show, from, count) => invoke("tree", { body, folds, show, from, count }),
    text: (body, form, from, count) => invoke("text", { body, form, from, count }),
    bodyBytes: async (body, form, from, count) =>
      octets(await invoke<ArrayBuffer | number[]>("body_bytes", { body, form, from, count })),
    bodyRows: (body, from, count) => invoke("body_rows", { body, from, count }),
    bodyFind: (body, form, needle) => invoke("body_find", { body, form, needle }),
    bytes: async (id, part, from, count) =>
      octets(await invoke<ArrayBuffer | number[]>("bytes", { id, part, from, count })),
    tryLine: (endpoint) => invoke("try_line", { endpoint }),
    copy: (text) => invoke("copy", { text }),
    pair: (connect) => invoke("pair", { connect }),
    unpair: () => invoke("unpair"),
    newEndpoint: (name, address) => invoke("new_endpoint", { name, address }),
    endpointSettings: (id) => invoke("endpoint_settings", { id }),
    saveEndpoint: (id, settings, forwards) => invoke("save_endpoint", { id, settings, forwards }),
    endpointToken: (id) => invoke("endpoint_token", { id }),
    rotateEndpoint: (id) => invoke("rotate_endpoint", { id }),
    removeEndpoint: (id) => invoke("remove_endpoint", { id }),
    restoreEndpoint: (id) => invoke("restore_endpoint", { id }),
    deliveries: (id) => invoke("deliveries", { id }),
    deliveryBody: async (number) =>
      octets(await invoke<ArrayBuffer | number[]>("delivery_body", { number })),
    sendTest: () => invoke("send_test"),
    background: () => invoke("background"),
    setBackground: (background) => invoke("set_background", { background }),
    speak: (language) => invoke("speak", { language }),
    pauseLine: (isPaused) => invoke("pause_line", { isPaused }),
    leave: (answer, remembers) => invoke("leave", { answer, remembers }),
    onWindow(heard) {
      const take = async () => {
        for (const news of await invoke<WindowNews[]>("take_news")) heard(news);
      };
      const listening = listen("window", take);
      void listening.then(take);
      return () => void listening.then((stop) => stop());
    },
    history: () => invoke("history"),
    prunePreview: (retention) => invoke("prune_preview", { retention }),
    saveRetention: (retention) => invoke("save_retention", { retention }),
    backupHistory: (to) => invoke("backup_history", { to }),
    checkHistory: (from) => invoke("check_history", { from }),
    restoreHistory: (from) => invoke("restore_history", { from }),
    compactHistory: () => invoke("compact_history"),
    mergeHistory: (from) => invoke("merge_history", { from }),
    stopWork: () => invoke("stop_work"),
    replay: (id, options) => invoke("replay", { id, options }),
    startReplay: (selection, options) => invoke("start_replay", { selection, options }),
    pauseReplay: (run, rest) => invoke("pause_replay", { run, rest }),
    cancelReplay: (run) => invoke("cancel_replay", { run }),
    replayReport: (run) => invoke("replay_report", { run }),
    forwardSettings: (endpoint) => invoke("forward_settings", { endpoint }),
    putForward: (endpoint, forward) => invoke("put_forward", { endpoint, forward }),
    removeForward: (endpoint, target) => invoke("remove_forward", { endpoint, target }),
    missed: (endpoint) => invoke("missed", { endpoint }),
    replayMissed: (endpoint, target) => invoke("replay_missed", { endpoint, target }),
    confirmTarget: (target) => invoke("confirm_target", { target }),
    confirmedTargets: () => invoke("confirmed_targets"),
    forgetTarget: (origin) => invoke("forget_target", { origin }),
    verification: (id) => invoke("verification", { id }),
    signedBytes: async (id, from, count) =>
      octets(await invoke<ArrayBuffer | number[]>("signed_bytes", { id, from, count })),
    diagnose: (id) => invoke("diagnose", { id, computed: null }),
    addSecret: (endpoint, secret) => invoke("add_secret", { endpoint, ...secret }),
    retireSecret: (endpoint, name, isOld) => invoke("retire_secret", { endpoint, name, isOld }),
    removeSecret: (endpoint, name) => invoke("remove_secret", { endpoint, name }),
    sendTestEvent: (endpoint, scheme) => invoke("send_test_event", { endpoint, scheme }),
    rules: (endpoint) => invoke("rules", { endpoint }),
    ruledEndpoints: () => invoke("ruled_endpoints"),
    checkHooks: (text) => invoke("check_hooks", { text }),
    setRules: (endpoint, text) => invoke("set_rules", { endpoint, text }),
    confirmRule: (endpoint, rule) => invoke("confirm_rule", { endpoint, rule }),
    tryRules: (endpoint, text, filter, limit) =>
      invoke("try_rules", { endpoint, text, filter, limit }),
    tryOn: (endpoint, text, id) => invoke("try_on", { endpoint, text, id }),
    runRule: (endpoint, rule, id) => invoke("run_rule", { endpoint, rule, id }),
    runAgain: (number) => invoke("run_again", { number }),
    stopRun: (number) => invoke("stop_run", { number }),
    runs: (rule, capture, limit) => invoke("runs", { rule, capture, limit }),
    runOutput: (number) => invoke("run_output", { number }),
    onEvents(heard) {
      const listening = listen<EngineEvent[]>("engine", (event) => {
        heard(event.payload);
      });
      return () => void listening.then((stop) => stop());
    },
    onLink(heard) {
      const take = async () => {
        const link = await invoke<LinkView | null>("take_link");
        if (link) heard(link);
      };
      const listening = listen("link", take);
      void listening.then(take);
      return () => void listening.then((stop) => stop());
    },
  };
}

/** Raw answers come as a buffer, and as plain numbers where the custom protocol is not to be had. */
function octets(answer: ArrayBuffer | number[]): Uint8Array {
  return answer instanceof ArrayBuffer ? new Uint8Array(answer) : Uint8Array.from(answer);
}
