// A hooks file as text: the example that it can begin with, and how a rule is added to it. What is
// there already stays as it was written, be it YAML or JSON.

/** Has a push to the main branch deployed; the secret is left to be filled in. */
export const STARTER = `- id: deploy
  execute-command: /path/to/deploy.sh
  pass-arguments-to-command:
    - source: payload
      name: head_commit.id
  trigger-rule:
    and:
      - match:
          type: payload-hmac-sha256
          # The webhook's secret, as it stands in GitHub's settings.
          secret: ""
          parameter:
            source: header
            name: X-Hub-Signature-256
      - match:
          type: value
          value: refs/heads/main
          parameter:
            source: payload
            name: ref
`;

/** The command of a rule that is made from a field, until its author writes another. */
const COMMAND = "/path/to/your-program";

/**
 * How a rule names the place `path` of a JSON body: `$.commits[0].id` is `commits.0.id`. A body that
 * is a list is called `root`. Null where the path is the whole body.
 */
export function placeOf(path: string): string | null {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(
    ([, key, index, quoted]) => key ?? index ?? unquoted(quoted ?? '""'),
  );
  if (steps.length === 0) return null;
  return (path.startsWith("$[") && /^\$\[\d/.test(path) ? ["root", ...steps] : steps).join(".");
}

/** `text` with a rule that asks for `value` (a JSON token) at `place`. */
export function withRule(text: string, place: string, value: string): string {
  const id = freeId(text, place);
  const wanted = value.startsWith('"') ? unquoted(value) : value;
  if (text.trim().startsWith("[")) return inJson(text, id, place, wanted);
  const lines = [
    `- id: ${JSON.stringify(id)}`,
    `  execute-command: ${COMMAND}`,
    "  trigger-rule:",
    "    match:",
    "      type: value",
    `      value: ${JSON.stringify(wanted)}`,
    "      parameter:",
    "        source: payload",
    `        name: ${JSON.stringify(place)}`,
  ];
  const indent = /^( *)- /m.exec(text)?.[1] ?? "";
  const before = text.trim() === "" ? "" : text.replace(/\n*$/, "\n\n");
  return `${before}${lines.map((line) => `${indent}${line}\n`).join("")}`;
}

/** The offset of a line and column, which are from 1; the column counts characters. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const own = Array.from(lines[line - 1] ?? "").slice(0, column - 1);
  return Math.min(text.length, before + own.join("").length);
}

function inJson(text: string, id: string, place: string, value: string): string {
  const rule = {
    id,
    "execute-command": COMMAND,
    "trigger-rule": {
      match: { type: "value", value, parameter: { source: "payload", name: place } },
    },
  };
  const end = text.lastIndexOf("]");
  const before = text.slice(0, end < 0 ? undefined : end).trimEnd();
  const comma = before.endsWith("[") || before.endsWith(",") ? "" : ",";
  const lines = JSON.stringify(rule, null, 2).replace(/^/gm, "  ");
  return `${before}${comma}\n${lines}\n]\n`;
}

/** The last step of `place`, with a number where that is a rule's id already. */
function freeId(text: string, place: string): string {
  const name = place.split(".").at(-1) ?? "rule";
  const base = `on-${name.replace(/[^\w-]+/g, "-")}`;
  const isTaken = (id: string) =>
    new RegExp(`\\bid"?\\s*:\\s*["']?${id}["']?\\s*(,|$)`, "m").test(text);
  for (let at = 1; ; at += 1) {
    const id = at === 1 ? base : `${base}-${String(at)}`;
    if (!isTaken(id)) return id;
  }
}

function unquoted(token: string): string {
  try {
    const value: unknown = JSON.parse(token);
    return String(value);
  } catch {
    return token.replace(/^"|"$/g, "");
  }
}
