// How the components of the window get at what it knows.

import { createContext } from "svelte";

import type { Desk } from "./desk.svelte";

export const [useDesk, provideDesk] = createContext<Desk>();
