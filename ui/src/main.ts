// Starts the page: chooses who stands behind the door, then mounts the window.

import { mount } from "svelte";

import App from "./App.svelte";
import type { Backend } from "./backend/backend";
import { Desk } from "./state/desk.svelte";
import "./style/base.css";
import "./style/tokens.css";

async function chooseBackend(): Promise<Backend> {
  if (import.meta.env.MODE === "fake") {
    const { fakeBackend } = await import("./backend/fake/scenes");
    const fake = fakeBackend(location.search);
    Object.assign(window, { fake }); // for the console, and for the tests of the built page
    return fake;
  }
  const { tauriBackend } = await import("./backend/tauri");
  return tauriBackend();
}

const target = document.querySelector("#app");
if (target) {
  const desk = new Desk(await chooseBackend(), localStorage, navigator.language);
  mount(App, { target, props: { desk } });
}
