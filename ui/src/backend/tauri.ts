// The desktop's engine behind the door: each method is one command, all events are one channel.

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { EngineEvent } from "../bindings/EngineEvent";
import type { LinkView } from "../bindings/LinkView";
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
    detail: (id) => invoke("detail", { id }),
    tree: (id, folded, from, count) => invoke("tree", { id, folded, from, count }),
    text: (id, from, count) => invoke("text", { id, from, count }),
    bytes: async (id, part, from, count) =>
      octets(await invoke<ArrayBuffer | number[]>("bytes", { id, part, from, count })),
    tryLine: (endpoint) => invoke("try_line", { endpoint }),
    copy: (text) => invoke("copy", { text }),
    pair: (connect) => invoke("pair", { connect }),
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
    verification: (id) => invoke("verification", { id }),
    signedBytes: async (id, from, count) =>
      octets(await invoke<ArrayBuffer | number[]>("signed_bytes", { id, from, count })),
    diagnose: (id) => invoke("diagnose", { id, computed: null }),
    addSecret: (endpoint, secret) => invoke("add_secret", { endpoint, ...secret }),
    retireSecret: (endpoint, name, isOld) => invoke("retire_secret", { endpoint, name, isOld }),
    removeSecret: (endpoint, name) => invoke("remove_secret", { endpoint, name }),
    sendTestEvent: (endpoint, scheme) => invoke("send_test_event", { endpoint, scheme }),
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
