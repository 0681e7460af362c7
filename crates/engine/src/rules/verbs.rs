//! The verbs on rules and runs.

use std::env;

use tokio::task::spawn_blocking;
use webhook::{
    capture::{Capture, CaptureId},
    escape,
    rules::{
        guard::Guard,
        hook::Hook,
        lint::{Finding, lint},
        load::HooksFile,
    },
};

use crate::{
    engine::{Engine, Error},
    rules::{file, judge, shown, work},
    runner,
    store::{
        captures, pairing,
        runs::{self, State, Stored},
    },
    view::{LintView, ListFilter, OutputView, RuleView, RulesView, RunView, TrialView},
};

/// Captures that a trial names.
const NAMED: usize = 100;
/// Captures read at once for a trial.
const BATCH: usize = 64;
/// What of an output is shown.
const SHOWN_BYTES: usize = 256 * 1024;

/// Why rules or runs were not as asked.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// There is no such rule.
    #[error("there is no rule `{0}` here: `tenterhook rules ls` shows those that are")]
    NoRule(String),
    /// There is no such run.
    #[error("there is no run {0}")]
    NoRun(i64),
    /// It is over, or was never begun.
    #[error("the run {0} is over")]
    Over(i64),
    /// The hooks file.
    #[error(transparent)]
    File(#[from] file::FileError),
}

impl Engine {
    /// The rules of `endpoint`.
    ///
    /// # Errors
    /// When there is no such endpoint, or its hooks file or the history cannot be read.
    pub async fn rules(&self, endpoint: &str) -> Result<RulesView, Error> {
        let id = self.endpoint_id(endpoint).await?;
        let text = self.hooks_text(&id).await?;
        let mut rules = Vec::new();
        let file = HooksFile::load(&text, None).unwrap_or_default();
        for hook in &file.hooks {
            let guard = hook.guard();
            let is_live = guard.is_some() || work::is_confirmed(self.database(), &id, hook).await?;
            rules.push(RuleView {
                id: hook.id.clone(),
                command: hook.execute_command.clone(),
                guard: guard.map(|guard| Guard::name(guard).to_owned()),
                is_live,
            });
        }
        Ok(RulesView {
            endpoint: id,
            rules,
            findings: check_hooks(&text),
            text: String::from_utf8_lossy(&text).into_owned(),
        })
    }

    /// The ids of the endpoints that have rules.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn ruled_endpoints(&self) -> Result<Vec<String>, Error> {
        let data = self.data().to_owned();
        let read = spawn_blocking(move || file::endpoints(&data)).await;
        Ok(read.unwrap_or_default())
    }

    /// Gives `endpoint` the hooks file `text` in the place of the one before; an empty one takes its
    /// rules away. They are for what comes from now on. What is `told` does not go for an endpoint.
    ///
    /// # Errors
    /// When there is no such endpoint, it is no hooks file, or it cannot be kept.
    pub async fn set_rules(&self, endpoint: &str, text: &[u8]) -> Result<Vec<String>, Error> {
        let id = self.endpoint_id(endpoint).await?;
        let (data, name, bytes) = (self.data().to_owned(), id.clone(), text.to_owned());
        let written = spawn_blocking(move || file::write(&data, &name, &bytes)).await;
        written
            .map_err(|_| sqlite::Error::Closed)?
            .map_err(RulesError::from)?;
        let is_empty = text.iter().all(u8::is_ascii_whitespace);
        let begin = move |db: &sqlite::rusqlite::Connection| {
            match is_empty {
                true => runs::forget(db, &id)?,
                false => runs::begin_judging(db, &id)?,
            }
            pairing::changed(db)
        };
        self.database().write(begin).await?;
        self.has_changed();
        let file = HooksFile::load(text, None).unwrap_or_default();
        Ok(file.hooks.iter().flat_map(not_for_an_endpoint).collect())
    }

    /// Has the rule of `endpoint` run, as it is now, although a stranger can trigger it.
    ///
    /// # Errors
    /// When there is no such rule or the history cannot be written.
    pub async fn confirm_rule(&self, endpoint: &str, rule: &str) -> Result<(), Error> {
        let id = self.endpoint_id(endpoint).await?;
        let hook = self.hook(&id, rule).await?;
        let confirm = move |db: &sqlite::rusqlite::Connection| {
            runs::confirm(db, &id, &hook.id, &hook.fingerprint())?;
            pairing::changed(db)
        };
        self.database().write(confirm).await?;
        self.has_changed();
        Ok(())
    }

    /// What each rule of `endpoint` would have done with the captures that `filter` lets through,
    /// the newest `limit` of them, or with its own when the filter asks for nothing; of the hooks
    /// file `text` instead, when there is one. Nothing runs.
    ///
    /// # Errors
    /// When there is no such endpoint, `text` is no hooks file, the query cannot be read, or the
    /// history cannot.
    pub async fn try_rules(
        &self,
        endpoint: &str,
        text: Option<&[u8]>,
        mut filter: ListFilter,
        limit: usize,
    ) -> Result<Vec<TrialView>, Error> {
        if filter == ListFilter::default() {
            filter.endpoint = Some(self.endpoint_id(endpoint).await?);
        }
        let seqs = self.newest_of(filter, limit).await?;
        self.try_at(endpoint, text, seqs).await
    }

    /// As [`Self::try_rules`], with the capture `id` alone.
    ///
    /// # Errors
    /// As there, and when there is no such capture.
    pub async fn try_on(
        &self,
        endpoint: &str,
        text: Option<&[u8]>,
        id: &str,
    ) -> Result<Vec<TrialView>, Error> {
        let capture: CaptureId = id.parse()?;
        let read = self.database().read(move |db| captures::by_id(db, capture));
        let stored = read.await?.ok_or_else(|| Error::NoCapture(id.to_owned()))?;
        self.try_at(endpoint, text, vec![stored.seq]).await
    }

    async fn try_at(
        &self,
        endpoint: &str,
        text: Option<&[u8]>,
        seqs: Vec<i64>,
    ) -> Result<Vec<TrialView>, Error> {
        let id = self.endpoint_id(endpoint).await?;
        let text = match text {
            Some(text) => text.to_owned(),
            None => self.hooks_text(&id).await?,
        };
        let file = HooksFile::load(&text, None)
            .map_err(file::FileError::from)
            .map_err(RulesError::from)?;
        let trials = file.hooks.iter().map(|hook| TrialView {
            rule: hook.id.clone(),
            fired: 0,
            looked_at: 0,
            captures: Vec::new(),
            why: None,
        });
        let mut trials: Vec<_> = trials.collect();
        for seqs in seqs.chunks(BATCH) {
            let seqs = seqs.to_vec();
            let read = move |db: &sqlite::rusqlite::Connection| captures::at(db, &seqs);
            let batch = self.database().read(read).await?;
            let file = file.clone();
            let judging = spawn_blocking(move || {
                for stored in &batch {
                    for (hook, trial) in file.hooks.iter().zip(&mut trials) {
                        try_one(hook, &stored.capture, trial);
                    }
                }
                trials
            });
            trials = judging.await.map_err(|_| sqlite::Error::Closed)?;
        }
        Ok(trials)
    }

    /// Has the rule of `endpoint` run on the capture `id`, if it triggers, whether or not it is
    /// confirmed: its owner asks for it. The answer is the run's number.
    ///
    /// # Errors
    /// When there is no such rule or capture, or the history cannot be written.
    pub async fn run_rule(&self, endpoint: &str, rule: &str, id: &str) -> Result<i64, Error> {
        let endpoint = self.endpoint_id(endpoint).await?;
        let hook = self.hook(&endpoint, rule).await?;
        let capture: CaptureId = id.parse()?;
        let now_ms = self.now_ms();
        let insert = move |db: &sqlite::rusqlite::Connection| {
            let Some(stored) = captures::by_id(db, capture)? else {
                return Ok(None);
            };
            let rule = (endpoint.as_str(), hook.id.as_str());
            let number = runs::insert(db, stored.seq, rule, (1, State::Waiting), now_ms)?;
            pairing::changed(db)?;
            Ok(number)
        };
        let number = self.database().write(insert).await?;
        self.has_changed();
        number.ok_or_else(|| Error::NoCapture(id.to_owned()))
    }

    /// Runs the rule of the run `number` once more on the same capture. The answer is the new run.
    ///
    /// # Errors
    /// When there is no such run, its rule is gone, or the history cannot be written.
    pub async fn run_again(&self, number: i64) -> Result<i64, Error> {
        let run = self.stored_run(number).await?;
        self.run_rule(&run.endpoint, &run.rule, &run.capture.to_string())
            .await
    }

    /// Ends the run `number` with all that it started.
    ///
    /// # Errors
    /// When there is no such run, or it is over.
    pub async fn stop_run(&self, number: i64) -> Result<(), Error> {
        self.stored_run(number).await?;
        let now_ms = self.now_ms();
        let ask = move |db: &sqlite::rusqlite::Connection| {
            let is_open = runs::ask_to_stop(db, number, now_ms)?;
            pairing::changed(db)?;
            Ok(is_open)
        };
        let is_open = self.database().write(ask).await?;
        self.has_changed();
        match is_open {
            true => Ok(()),
            false => Err(RulesError::Over(number).into()),
        }
    }

    /// The newest runs, of one rule or one capture where one is named, the newest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn runs(
        &self,
        rule: Option<&str>,
        capture: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RunView>, Error> {
        let rule = rule.map(str::to_owned);
        let capture = capture.map(str::parse::<CaptureId>).transpose()?;
        let read = move |db: &sqlite::rusqlite::Connection| {
            runs::newest(db, rule.as_deref(), capture, limit)
        };
        Ok(self
            .database()
            .read(read)
            .await?
            .into_iter()
            .map(run_view)
            .collect())
    }

    /// The run `number`.
    ///
    /// # Errors
    /// When there is none or the history cannot be read.
    pub async fn one_run(&self, number: i64) -> Result<RunView, Error> {
        Ok(run_view(self.stored_run(number).await?))
    }

    /// What the run `number` has written, up to now when it still runs.
    ///
    /// # Errors
    /// When there is no such run or the history cannot be read.
    pub async fn run_output(&self, number: i64) -> Result<OutputView, Error> {
        let run = self.stored_run(number).await?;
        let now = self
            .running()
            .seen(number)
            .filter(|_| run.state == "running");
        let (bytes, length) = match now {
            Some(bytes) => {
                let length = bytes.len() as u64;
                (bytes, length)
            }
            None => {
                let read = self.database().read(move |db| runs::output(db, number));
                (read.await?.unwrap_or_default(), run.output_bytes)
            }
        };
        let shown = &bytes[..bytes.len().min(SHOWN_BYTES)];
        Ok(OutputView {
            text: escape::for_terminal_text(shown).0,
            bytes: length,
            kept_bytes: shown.len() as u64,
        })
    }

    async fn stored_run(&self, number: i64) -> Result<Stored, Error> {
        let read = self.database().read(move |db| runs::by_number(db, number));
        let found = read.await?;
        found.ok_or_else(|| RulesError::NoRun(number).into())
    }

    async fn hooks_text(&self, endpoint: &str) -> Result<Vec<u8>, Error> {
        let (data, name) = (self.data().to_owned(), endpoint.to_owned());
        let read = spawn_blocking(move || file::read(&data, &name)).await;
        let read = read.map_err(|_| sqlite::Error::Closed)?;
        Ok(read.map_err(RulesError::from)?)
    }

    async fn hook(&self, endpoint: &str, rule: &str) -> Result<Hook, Error> {
        let text = self.hooks_text(endpoint).await?;
        let file = HooksFile::load(&text, None)
            .map_err(file::FileError::from)
            .map_err(RulesError::from)?;
        let found = file.find(rule).cloned();
        found.ok_or_else(|| RulesError::NoRule(rule.to_owned()).into())
    }
}

fn try_one(hook: &Hook, capture: &Capture, trial: &mut TrialView) {
    let evaluation = judge::evaluate(hook, capture);
    if trial.looked_at == 0 {
        trial.why = evaluation
            .explanation
            .as_ref()
            .map(|clause| shown::clause(clause, clause.culprit()));
    }
    trial.looked_at += 1;
    if evaluation.matched {
        trial.fired += 1;
        if trial.captures.len() < NAMED {
            trial.captures.push(capture.id.to_string());
        }
    }
}

/// What the author of the hooks file `text` should know, programs of this computer included.
#[must_use]
pub fn check_hooks(text: &[u8]) -> Vec<LintView> {
    let mut findings: Vec<_> = lint(text, None).into_iter().map(finding_view).collect();
    let file = HooksFile::load(text, None).unwrap_or_default();
    let path = env::var_os("PATH");
    for hook in file
        .hooks
        .iter()
        .filter(|hook| !hook.execute_command.is_empty())
    {
        let program = hook.program();
        if let Err(error) = runner::find(&program, path.as_deref()) {
            findings.push(LintView {
                kind: "no-program".to_owned(),
                is_grave: true,
                line: None,
                column: None,
                message: format!("the hook `{}` cannot run: {error}", hook.id),
            });
        }
    }
    findings
}

fn finding_view(finding: Finding) -> LintView {
    LintView {
        kind: finding.kind.name().to_owned(),
        is_grave: finding.kind.is_grave(),
        line: finding.place.map(|place| place.line),
        column: finding.place.map(|place| place.column),
        message: finding.message,
    }
}

/// What `hook` says about the answer to its sender. On an endpoint the endpoint answers.
fn not_for_an_endpoint(hook: &Hook) -> Vec<String> {
    let said = [
        ("response-message", !hook.response_message.is_empty()),
        ("response-headers", !hook.response_headers.is_empty()),
        (
            "include-command-output-in-response",
            hook.include_command_output_in_response,
        ),
        (
            "success-http-response-code",
            hook.success_http_response_code != 0,
        ),
        (
            "trigger-rule-mismatch-http-response-code",
            hook.trigger_rule_mismatch_http_response_code != 0,
        ),
    ];
    said.iter()
        .filter(|(_, is_said)| *is_said)
        .map(|(name, _)| {
            format!(
                "`{}`: `{name}` has no effect here, for senders are answered by the endpoint before \
                 its rules are asked",
                hook.id
            )
        })
        .collect()
}

fn run_view(run: Stored) -> RunView {
    RunView {
        number: run.number,
        capture: run.capture.to_string(),
        endpoint: run.endpoint,
        rule: run.rule,
        attempt: run.attempt,
        state: run.state,
        made_at_ms: run.made_at_ms,
        began_at_ms: run.began_at_ms,
        ended_at_ms: run.ended_at_ms,
        arguments: serde_json::from_str(&run.arguments).unwrap_or_default(),
        environment: serde_json::from_str(&run.environment).unwrap_or_default(),
        code: run.code,
        error: run.error,
        output_bytes: run.output_bytes,
    }
}
