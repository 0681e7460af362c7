// What the page may ask about rules and their runs.

import type { LintView } from "../bindings/LintView";
import type { ListFilter } from "../bindings/ListFilter";
import type { OutputView } from "../bindings/OutputView";
import type { RulesView } from "../bindings/RulesView";
import type { RunView } from "../bindings/RunView";
import type { TrialView } from "../bindings/TrialView";

/** The part of the backend that has programs run on captures. */
export interface RulesBackend {
  rules(endpoint: string): Promise<RulesView>;
  /** The ids of the endpoints that have rules. */
  ruledEndpoints(): Promise<string[]>;
  /** What the author of a hooks file should know. */
  checkHooks(text: string): Promise<LintView[]>;
  /** Gives an endpoint a hooks file; what is answered of it has no effect there. */
  setRules(endpoint: string, text: string): Promise<string[]>;
  /** Has a rule run, as it is now, although a stranger can trigger it. */
  confirmRule(endpoint: string, rule: string): Promise<void>;
  /** What each rule would have done with the newest `limit` captures of a list; nothing runs. */
  tryRules(
    endpoint: string,
    text: string | null,
    filter: ListFilter,
    limit: number,
  ): Promise<TrialView[]>;
  /** As {@link tryRules}, with one capture. */
  tryOn(endpoint: string, text: string | null, id: string): Promise<TrialView[]>;
  /** Runs a rule on a capture if it triggers; the answer is the run's number. */
  runRule(endpoint: string, rule: string, id: string): Promise<number>;
  runAgain(number: number): Promise<number>;
  stopRun(number: number): Promise<void>;
  /** The newest runs, the newest first, of a rule or a capture where one is named. */
  runs(rule: string | null, capture: string | null, limit: number): Promise<RunView[]>;
  /** What a run has written so far. */
  runOutput(number: number): Promise<OutputView>;
}
