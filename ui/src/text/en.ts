// Every word that the window says, in English. `zh.ts` has the same shape, so that a missing one
// is a type error. Numbers and times come formatted (see `format.ts`).

/** Picks the form of a counted noun; English has two. */
const plural = (count: number, one: string, other: string): string => (count === 1 ? one : other);

export const en = {
  appName: "Tenterhook",

  line: {
    unpaired: "Not paired",
    connecting: "Connecting",
    connected: "Connected",
    waiting: "Waiting to reconnect",
    stopped: "Stopped",
    elsewhere: "Held elsewhere",
    unreachable: "Not reachable",
    probed: (age: string) => `probe ok ${age}`,
    probeFailed: (age: string) => `probe failed ${age}`,
    probeTook: (span: string) => `A request through the public address was here after ${span}.`,
    probeWhy: "The line is up, but a request through the public address did not arrive:",
    heard: (age: string) => `heard ${age}`,
    retry: (age: string) => `tries again ${age}`,
    elsewhereWhy: "Another Tenterhook on this computer holds the line to the relay.",
    unpairedWhy: "No relay is paired with this computer: only the local receiver takes webhooks.",
    quietWhy: "Nothing was heard from the relay for longer than usual.",
    connectedSince: (date: string) => `Connected since ${date}`,
    label: "Connection to the relay",
  },

  address: {
    public: "Public address",
    local: "This computer",
    copy: "Copy address",
    copied: "Address copied",
    curl: "Copy curl",
    curlWhy: "Copies a curl command that sends a sample to this address",
    curlCopied: "curl command copied",
  },

  live: {
    label: "Live",
    paused: "Paused",
    resumeWhy: "Follow what arrives (l)",
    pauseWhy: "Stop following (l)",
  },

  bar: {
    theme: (now: string) => `Theme: ${now}`,
    themes: { system: "as the system", light: "light", dark: "dark" },
    language: "中文",
    languageWhy: "Switch the language to Chinese",
    keys: "Keyboard shortcuts",
    pair: "Pair a relay…",
    label: "Connection and address",
  },

  endpoints: {
    title: "Endpoints",
    all: "All captures",
    here: "This computer",
    localReceiver: "Local receiver",
    add: "New endpoint",
    name: "Name (optional)",
    create: "Create",
    cancel: "Cancel",
    created: (name: string) => `Endpoint ${name} is ready`,
    hide: "Hide endpoints ([)",
    show: "Show endpoints ([)",
    none: "No public endpoint yet.",
    broken: "The endpoints could not be read.",
    count: (count: string) => `${count} captures`,
  },

  captures: {
    title: "Captures",
    list: "Captures, newest first",
    count: (count: number, shown: string) => `${shown} ${plural(count, "capture", "captures")}`,
    fresh: (count: number, shown: string) => `${shown} new`,
    arrived: (count: number, shown: string) =>
      `${shown} new ${plural(count, "capture", "captures")}`,
    filter: "Filter",
    filterHint: "Words, or field:value",
    suggestions: "What may come next",
    clear: "Clear the filter",
    matching: (count: number, shown: string) => `${shown} ${plural(count, "match", "matches")}`,
    nothing: "No captures yet",
    nothingWhy: "Everything sent to your addresses appears here, byte for byte.",
    nothingAt: "Nothing has been sent to this endpoint yet.",
    sendTest: "Send a test webhook",
    tryLine: "or from a terminal",
    copyLine: "Copy the command",
    lineCopied: "Command copied",
    noMatch: "No capture matches",
    noMatchWhy: (text: string) => `The filter “${text}” lets nothing through.`,
    broken: "The captures could not be read.",
    again: "Try again",
    held: "held",
    heldWhy: "It waited on the relay while this computer was away.",
    normalised: "normalised",
    normalisedWhy:
      "The head was kept as the HTTP library understood it: spelling and order of the names may differ from what was sent.",
    flawWhy: (flaw: string) => `This capture is marked “${flaw}”.`,
    reading: "being read",
    noType: "no type",
    noBody: "no body",
  },

  detail: {
    title: "Capture in detail",
    back: "Back to the list",
    none: "No capture selected",
    noneWhy: "Choose one with the mouse, or with j and k.",
    broken: "This capture could not be read.",
    tabs: { body: "Body", headers: "Headers", query: "Query", raw: "Raw" },
    tabsLabel: "Parts of the capture",
    stored: (delay: string) => `It was stored here ${delay} after it was sent.`,
    from: (peer: string) => `from ${peer}`,
    viaRelay: "via the relay",
    size: (body: string) => `${body} body`,
  },

  copy: {
    label: "Copy of this capture",
    copy: (what: string) => `Copy ${what}`,
    body: "body",
    head: "head",
    all: "all as sent",
    path: "path",
    bodyDone: (size: string) => `Body copied, ${size}`,
    headDone: (size: string) => `Head copied, ${size}`,
    allDone: (size: string) => `Request copied, ${size}`,
    pathDone: "Path copied",
    notText: "Not copied: these bytes are not text",
    tooBig: (size: string) => `Not copied: ${size} is more than the clipboard should hold`,
    failed: "Not copied: the clipboard refused",
  },

  body: {
    views: { tree: "Tree", text: "Text", hex: "Hex" },
    viewsLabel: "Show the body as",
    empty: "This request has no body",
    emptyWhy: "Its head ended with an empty line and nothing followed.",
    problem: (line: string, column: string) => `Not valid JSON: line ${line}, column ${column}`,
    problemWhy: "Shown is what came before. Text and Raw show all of it.",
    tree: "Body as a tree",
    text: "Body as text",
    hex: "Body in hexadecimal",
    items: (count: number, shown: string) => `${shown} ${plural(count, "item", "items")}`,
    keys: (count: number, shown: string) => `${shown} ${plural(count, "key", "keys")}`,
    lines: (count: number, shown: string) => `${shown} ${plural(count, "line", "lines")}`,
    unfoldAll: "Unfold all",
    copyValue: "Copy value",
    copyPath: "Copy JSON path",
    valueCopied: "Value copied",
    pathCopied: (path: string) => `Copied ${path}`,
    cut: "shortened at 4 KiB",
    cutWhy: "This value is longer than 4 KiB; Text and Raw show all of it.",
    valueTooBig: "Not copied: the value is too large for the tree; use Copy body",
    moreOfLine: (count: string) => `… ${count} more characters: see Raw`,
    broken: "The body could not be read.",
  },

  headers: {
    copy: (name: string) => `Copy the value of ${name}`,
    copied: (name: string) => `${name} copied`,
    reveal: (name: string) => `Show the value of ${name}`,
    conceal: (name: string) => `Hide the value of ${name}`,
    hidden: "hidden",
    escaped: "escaped",
    escapedWhy: "The value is not plain text; what cannot be shown is written as escapes.",
    label: "Headers as sent",
    empty: "This request has no headers.",
  },

  query: {
    label: "Query parameters",
    empty: "The address has no query",
    emptyWhy: "There is nothing after a question mark in its path.",
    copy: (name: string) => `Copy the value of ${name}`,
    copied: (name: string) => `${name} copied`,
    decoded: "Decoded. The path above and Raw show it as sent.",
  },

  raw: {
    label: "Request as sent",
    size: (head: string, body: string) => `${head} head, ${body} body`,
    loaded: (loaded: string, total: string) => `${loaded} of ${total} loaded; scroll for more`,
    whole: (total: string) => `all ${total} shown`,
    broken: "The bytes could not be read.",
  },

  status: {
    label: "Status",
    captures: (count: number, shown: string) => `${shown} ${plural(count, "capture", "captures")}`,
    disk: (size: string) => `${size} on disk`,
    receiver: (address: string) => `receiver ${address}`,
    noReceiver: "local receiver is off",
    copyReceiver: "Copy the receiver's address",
    notices: (count: number, shown: string) => `${shown} ${plural(count, "notice", "notices")}`,
    noticesTitle: "Notices",
    broken: "The engine does not answer.",
  },

  pair: {
    title: "Make it public",
    why: "Paste the connect string that your relay printed. This computer then dials out; nothing here is opened to the internet.",
    label: "Connect string",
    hint: "tenterhook://…",
    pair: "Pair",
    pairing: "Pairing…",
    done: "Paired with the relay",
    close: "Close",
  },

  /** Of a link that was opened in a browser or a mail. */
  link: {
    title: (relay: string) => `Pair with ${relay}?`,
    why: "A link asks for this, and any page can hold one. Pair only with a relay that you know: it takes the webhooks sent to your public addresses.",
    replaced: (relay: string) =>
      `This computer is paired with ${relay}. That pairing would be replaced.`,
    again: "This computer is paired with this relay already. It would be paired anew.",
    refused: "This link pairs with nothing",
  },

  keys: {
    title: "Keyboard",
    close: "Close",
    rows: [
      ["j k ↑ ↓", "next and previous capture"],
      ["Home End", "newest and oldest"],
      ["PgUp PgDn", "a page at a time"],
      ["Enter", "to the capture"],
      ["Esc", "back to the list"],
      ["1 2 3 4", "body, headers, query, raw"],
      ["l", "live or paused"],
      ["t", "ages or clock times"],
      ["/", "filter"],
      ["[", "show or hide endpoints"],
      ["← →", "fold and unfold in the tree"],
      ["Ctrl C", "copy the value in the tree"],
      ["?", "this list"],
    ],
  },

  divider: {
    endpoints: "Width of the endpoints",
    captures: "Width of the captures",
  },

  /** What went wrong. The engine speaks English; `code` is for languages that it does not. */
  error: (_code: string, message: string) => message.charAt(0).toUpperCase() + message.slice(1),
};

/** All words of one language. */
export type Words = typeof en;
