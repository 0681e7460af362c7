// The fake engine's rules and runs. A hooks file is read by its lines, so far as the page needs it;
// a run goes on until it is ended from outside.

import type { CaptureRow } from "../../bindings/CaptureRow";
import type { ClauseView } from "../../bindings/ClauseView";
import type { LintView } from "../../bindings/LintView";
import type { ListFilter } from "../../bindings/ListFilter";
import type { OutputView } from "../../bindings/OutputView";
import type { RulesView } from "../../bindings/RulesView";
import type { RuleView } from "../../bindings/RuleView";
import type { RunView } from "../../bindings/RunView";
import type { TrialView } from "../../bindings/TrialView";
import type { RulesBackend } from "../rules";
import { fault } from "./owned";
import { Replays } from "./replays";
import { scatter } from "./samples";

/** Of how many captures one triggers. */
const FIRES_EVERY = 32;
const NAMED = 100;
const EMPTY_SECRET = 'secret: ""';
const GUARDS = [
  { guard: "signature", sign: /payload-hmac/ },
  { guard: "token", sign: /secret-token/ },
  { guard: "address", sign: /ip-whitelist/ },
];

/** The part of the fake engine that has rules. */
export abstract class Rules extends Replays implements RulesBackend {
  readonly #texts = new Map<string, string>();
  readonly #confirmed = new Set<string>();
  readonly #outputs = new Map<number, string>();
  #runs: RunView[] = [];

  /** A rule is triggered by the capture `id`. */
  trigger(endpoint: string, rule: string, id: string, state: "running" | "unconfirmed"): number {
    const number = this.#runs.length + 1;
    const atMs = Date.now();
    const isRunning = state === "running";
    const run: RunView = {
      number,
      capture: id,
      endpoint,
      rule,
      attempt: 1,
      state,
      madeAtMs: atMs,
      beganAtMs: isRunning ? atMs : null,
      endedAtMs: null,
      arguments: isRunning ? ["/srv/shop/deploy.sh", "f00dfeed", "••••••"] : [],
      environment: isRunning ? [["HOOK_ref", "refs/heads/main"]] : [],
      code: null,
      error: null,
      outputBytes: 0,
    };
    this.#runs = [run, ...this.#runs];
    this.told([{ kind: "ran" }]);
    return number;
  }

  /** A run writes. */
  write(number: number, text: string): void {
    this.#outputs.set(number, `${this.#outputs.get(number) ?? ""}${text}`);
    this.told([{ kind: "ran" }]);
  }

  /** A run ends. */
  end(number: number, code: number | null, error: string | null): void {
    const outputBytes = this.#outputs.get(number)?.length ?? 0;
    const endedAtMs = (this.#run(number).beganAtMs ?? 0) + 4_200;
    const ended = { state: "ended", endedAtMs, code, error, outputBytes };
    this.#runs = this.#runs.map((run) => (run.number === number ? { ...run, ...ended } : run));
    this.told([{ kind: "ran" }]);
  }

  rules(endpoint: string): Promise<RulesView> {
    return this.answered(`rules ${endpoint}`, () => {
      const text = this.#texts.get(endpoint) ?? "";
      const own = ({ id }: RuleView) => `${endpoint} ${id}`;
      const rules = read(text).map((rule) => ({
        ...rule,
        isLive: rule.guard !== null || this.#confirmed.has(own(rule)),
      }));
      return { endpoint, text, rules, findings: findings(text) };
    });
  }

  ruledEndpoints(): Promise<string[]> {
    return this.answered("ruledEndpoints", () => [...this.#texts.keys()]);
  }

  checkHooks(text: string): Promise<LintView[]> {
    return this.answered("checkHooks", () => findings(text));
  }

  setRules(endpoint: string, text: string): Promise<string[]> {
    return this.answered(`setRules ${endpoint}`, () => {
      load(text);
      if (text.trim() === "") this.#texts.delete(endpoint);
      else this.#texts.set(endpoint, text);
      this.told([{ kind: "ran" }]);
      const [rule] = read(text);
      if (!text.includes("response-message") || !rule) return [];
      return [
        `\`${rule.id}\`: \`response-message\` has no effect here, for senders are answered by the endpoint before its rules are asked`,
      ];
    });
  }

  confirmRule(endpoint: string, rule: string): Promise<void> {
    return this.answered(`confirmRule ${endpoint} ${rule}`, () => {
      this.#confirmed.add(`${endpoint} ${rule}`);
      this.told([{ kind: "ran" }]);
    });
  }

  tryRules(
    endpoint: string,
    text: string | null,
    filter: ListFilter,
    limit: number,
  ): Promise<TrialView[]> {
    const asked = `tryRules ${JSON.stringify([text !== null, filter, limit])}`;
    return this.answered(asked, () => {
      const isAll = filter.endpoint === null && filter.query === null;
      const seen = isAll ? { ...filter, endpoint } : filter;
      return this.#try(endpoint, text, this.selected({ filter: seen }).slice(-limit).reverse());
    });
  }

  tryOn(endpoint: string, text: string | null, id: string): Promise<TrialView[]> {
    return this.answered(`tryOn ${endpoint} ${id}`, () =>
      this.#try(endpoint, text, this.selected({ ids: [id] })),
    );
  }

  runRule(endpoint: string, rule: string, id: string): Promise<number> {
    return this.answered(`runRule ${endpoint} ${rule} ${id}`, () =>
      this.trigger(endpoint, rule, id, "running"),
    );
  }

  runAgain(number: number): Promise<number> {
    return this.answered(`runAgain ${String(number)}`, () => {
      const { endpoint, rule, capture } = this.#run(number);
      return this.trigger(endpoint, rule, capture, "running");
    });
  }

  stopRun(number: number): Promise<void> {
    return this.answered(`stopRun ${String(number)}`, () => {
      this.end(number, null, "it was stopped");
    });
  }

  runs(rule: string | null, capture: string | null, limit: number): Promise<RunView[]> {
    return this.answered(`runs ${rule ?? "*"} ${capture ?? "*"} ${String(limit)}`, () =>
      this.#runs
        .filter((run) => rule === null || run.rule === rule)
        .filter((run) => capture === null || run.capture === capture)
        .slice(0, limit),
    );
  }

  runOutput(number: number): Promise<OutputView> {
    return this.answered(`runOutput ${String(number)}`, () => {
      const text = this.#outputs.get(number) ?? "";
      return { text, bytes: text.length, keptBytes: text.length };
    });
  }

  #run(number: number): RunView {
    const run = this.#runs.find((one) => one.number === number);
    if (!run) throw fault("no_run", `there is no run ${String(number)}`);
    return run;
  }

  #try(endpoint: string, text: string | null, rows: CaptureRow[]): TrialView[] {
    const tried = text ?? this.#texts.get(endpoint) ?? "";
    load(tried);
    const fires = ({ seq }: CaptureRow) => scatter(seq * 7) % FIRES_EVERY === 0;
    const [newest] = rows;
    return read(tried).map(({ id, guard }) => {
      const fired = rows.filter(fires);
      const why = newest && guard !== null ? clauses(fires(newest)) : null;
      return {
        rule: id,
        fired: guard === null ? rows.length : fired.length,
        lookedAt: rows.length,
        captures: fired.slice(0, NAMED).map((row) => row.id),
        why,
      };
    });
  }
}

function load(text: string): void {
  if (text.trim() === "" || read(text).length > 0) return;
  throw fault("hooks_file", "line 1, column 1: a hooks file is a list of hooks");
}

function read(text: string): RuleView[] {
  const blocks = text.split(/^(?=\s*- "?id"?:)/m).filter((block) => /^\s*- "?id"?:/.test(block));
  return blocks.map((block) => ({
    id: /id"?:\s*"?([^"\n,]+)/.exec(block)?.[1] ?? "",
    command: /execute-command"?:\s*"?([^"\n,]+)/.exec(block)?.[1] ?? "",
    guard:
      GUARDS.find(({ sign }) => sign.test(block) && !block.includes(EMPTY_SECRET))?.guard ?? null,
    isLive: false,
  }));
}

function findings(text: string): LintView[] {
  const lines = text.split("\n");
  const at = (sign: string) => {
    const line = lines.findIndex((one) => one.includes(sign));
    return line < 0 ? null : { line: line + 1, column: (lines[line] ?? "").indexOf(sign) + 1 };
  };
  const empty = at(EMPTY_SECRET);
  const open = read(text).find(({ guard }) => guard === null);
  const program = at("/path/to/");
  return [
    ...(empty
      ? [
          {
            kind: "always-fails",
            isGrave: true,
            ...empty,
            message: "the secret is empty, so that no signature can be right",
          },
        ]
      : []),
    ...(open
      ? [
          {
            kind: "unguarded",
            isGrave: true,
            ...(at(open.id) ?? { line: 1, column: 1 }),
            message: `anyone who knows the address can trigger \`${open.id}\`: it asks for no signature, token or address`,
          },
        ]
      : []),
    ...(program
      ? [
          {
            kind: "no-program",
            isGrave: true,
            line: null,
            column: null,
            message: "the hook cannot run: there is no such program",
          },
        ]
      : []),
  ];
}

function clauses(fires: boolean): ClauseView {
  const own = { fault: null, clauses: [], isCulprit: false };
  return {
    ...own,
    kind: "and",
    place: "",
    outcome: fires ? "yes" : "no",
    saw: null,
    wanted: "all of them",
    clauses: [
      {
        ...own,
        kind: "payload-hmac-sha256",
        place: "header X-Hub-Signature-256",
        outcome: "yes",
        saw: "••••••",
        wanted: "the text ••••••",
      },
      {
        ...own,
        kind: "value",
        place: "payload ref",
        outcome: fires ? "yes" : "no",
        saw: fires ? "refs/heads/main" : "refs/heads/try-a-thing",
        wanted: "the text `refs/heads/main`",
        isCulprit: !fires,
      },
    ],
  };
}
