// The sections of the window's settings, in their order. Each has words in `preferences.sections`
// and a component in `settings/sections.ts`.

export const SECTIONS = [
  "appearance",
  "keys",
  "receiver",
  "relay",
  "history",
  "background",
] as const;

export type Section = (typeof SECTIONS)[number];
