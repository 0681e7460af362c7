// Starts the page: chooses who stands behind the door, then mounts the window.

import { mount } from "svelte";

import App from "./App.svelte";
import type { Backend } from "./backend/backend";
import "./style/tokens.css";
import "./style/base.css";

async function backend(): Promise<Backend> {
  const { tauriBackend } = await import("./backend/tauri");
  return tauriBackend();
}

const target = document.querySelector("#app");
if (target) mount(App, { target, props: { backend: await backend() } });
