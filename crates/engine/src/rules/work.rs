//! Holds what has come against the rules, and runs what they say. Start at [`RuleKeeper::run`].

use std::{
    collections::HashMap,
    env,
    fs::{File, TryLockError},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use listener::Tasks;
use sqlite::Database;
use tokio::{
    sync::{Notify, broadcast, broadcast::error::RecvError},
    task::spawn_blocking,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use webhook::{
    capture::Capture,
    rules::{hook::Hook, load::HooksFile},
};

use crate::{
    Clock,
    rules::{file, judge, shown},
    runner::{self, How, Job, Runner, Seen, plan},
    store::{
        captures, pairing,
        runs::{self, Outcome, State, Stored},
    },
    tunnel,
    view::Event,
};

/// Commands at one time, of all rules.
const AT_ONCE: usize = 8;
/// Runs that may wait; then captures are judged later, and none is passed over.
const WAITING: usize = 1_000;
/// Captures judged at once.
const BATCH: usize = 64;
/// What is kept of an output.
const KEPT_BYTES: usize = 1 << 20;
/// How soon it is looked whether another program has left the rules.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often those who watch a run hear that it has written more.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// What the running commands have written so far, by their runs' numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashMap<i64, (Seen, CancellationToken)>>>);

impl Running {
    /// What the run `number` has written so far; none when it does not run here.
    pub(crate) fn seen(&self, number: i64) -> Option<Vec<u8>> {
        let seen = self.map(|all| all.get(&number).map(|(seen, _)| Arc::clone(seen)))?;
        let bytes = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some(bytes)
    }

    fn map<T>(&self, with: impl FnOnce(&mut HashMap<i64, (Seen, CancellationToken)>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn has(&self, number: i64) -> bool {
        self.map(|all| all.contains_key(&number))
    }
}

/// Who keeps the rules: one program of a data folder at a time.
pub(crate) struct RuleKeeper {
    pub(crate) data: PathBuf,
    pub(crate) database: Arc<Database>,
    pub(crate) clock: Clock,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) running: Running,
}

impl RuleKeeper {
    /// Keeps the rules until `stop`; then commands that run are ended.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut events = self.events.subscribe();
        // The lock goes with the program.
        let Some(_lock) = stop.run_until_cancelled(self.take()).await else {
            return;
        };
        let now_ms = (self.clock)();
        let taken_up = self
            .database
            .write(move |db| runs::take_up(db, now_ms))
            .await;
        match taken_up {
            Ok(0) => {}
            Ok(count) => info!("{count} commands ran when Tenterhook ended; they run once more"),
            Err(error) => warn!("runs could not be taken up: {error}"),
        }
        let (tasks, ended) = (Tasks::new(), Arc::new(Notify::new()));
        let work = async {
            loop {
                if let Err(error) = self.catch_up(&tasks, &ended).await {
                    warn!("the rules could not be asked: {error}");
                }
                let something = async {
                    loop {
                        match events.recv().await {
                            Ok(Event::Captured { .. } | Event::Endpoints)
                            | Err(RecvError::Lagged(_)) => return,
                            Ok(_) => {}
                            Err(RecvError::Closed) => std::future::pending().await,
                        }
                    }
                };
                tokio::select! {
                    () = something => {}
                    () = ended.notified() => {}
                }
            }
        };
        stop.run_until_cancelled(work).await;
        // Commands are ended with their groups, and taken up at the next start.
        tasks.stop(Duration::from_secs(1)).await;
    }

    async fn take(&self) -> Option<File> {
        loop {
            match tunnel::lock(&self.data.join("rules.lock")) {
                Ok(file) => return Some(file),
                Err(TryLockError::WouldBlock) => sleep(LOOK_EVERY).await,
                Err(TryLockError::Error(error)) => {
                    // A file system without locks: a command may run twice, which beats never.
                    warn!("the rules' lock cannot be taken: {error}");
                    return None;
                }
            }
        }
    }

    async fn catch_up(&self, tasks: &Tasks, ended: &Arc<Notify>) -> Result<(), sqlite::Error> {
        let data = self.data.clone();
        let endpoints = spawn_blocking(move || file::endpoints(&data)).await;
        let endpoints = endpoints.unwrap_or_default();
        // Should rules come back later, they are not for what came meanwhile.
        let known = self.database.read(runs::ruled).await?;
        for gone in known.into_iter().filter(|one| !endpoints.contains(one)) {
            self.database
                .write(move |db| runs::forget(db, &gone))
                .await?;
        }
        for endpoint in &endpoints {
            while self.judge(endpoint).await? {}
        }
        self.begin_what_waits(tasks, ended).await
    }

    /// Judges the next captures of `endpoint`; whether there may be more.
    async fn judge(&self, endpoint: &str) -> Result<bool, sqlite::Error> {
        let name = endpoint.to_owned();
        let Some(after) = self
            .database
            .read(move |db| runs::judged(db, &name))
            .await?
        else {
            let name = endpoint.to_owned();
            self.database
                .write(move |db| runs::begin_judging(db, &name))
                .await?;
            return Ok(true);
        };
        let name = endpoint.to_owned();
        let read = move |db: &sqlite::rusqlite::Connection| {
            if runs::waiting(db)? >= WAITING {
                return Ok(Vec::new());
            }
            runs::unjudged(db, &name, after, BATCH)
        };
        let batch = self.database.read(read).await?;
        let Some(upto) = batch.last().map(|stored| stored.seq) else {
            return Ok(false);
        };
        let Some(file) = self.file(endpoint).await else {
            return Ok(false);
        };
        let name = endpoint.to_owned();
        let confirmed = self.confirmed(&name, &file).await?;
        let judging = spawn_blocking(move || {
            let mut triggered = Vec::new();
            for stored in &batch {
                for hook in judge::asked(&file, &stored.capture) {
                    if judge::evaluate(hook, &stored.capture).matched {
                        let state = match confirmed.contains(&hook.id) {
                            true => State::Waiting,
                            false => State::Unconfirmed,
                        };
                        triggered.push((stored.seq, hook.id.clone(), state));
                    }
                }
            }
            triggered
        });
        let triggered = match judging.await {
            Ok(triggered) => triggered,
            Err(error) => {
                warn!("captures were passed over by the rules of {endpoint}: {error}");
                Vec::new()
            }
        };
        let now_ms = (self.clock)();
        self.database
            .write(move |db| runs::put(db, &name, (after, upto), &triggered, now_ms))
            .await?;
        self.tell();
        Ok(true)
    }

    async fn file(&self, endpoint: &str) -> Option<HooksFile> {
        let (data, name) = (self.data.clone(), endpoint.to_owned());
        let load = move || Ok(HooksFile::load(&file::read(&data, &name)?, None)?);
        let loaded: Result<HooksFile, file::FileError> = spawn_blocking(load).await.ok()?;
        match loaded {
            Ok(file) => Some(file),
            Err(error) => {
                warn!("the rules of {endpoint} cannot be asked: {error}");
                None
            }
        }
    }

    /// The ids of the rules that run: guarded ones, and those that their owner has confirmed as
    /// they are.
    async fn confirmed(
        &self,
        endpoint: &str,
        file: &HooksFile,
    ) -> Result<Vec<String>, sqlite::Error> {
        let mut ids = Vec::new();
        for hook in &file.hooks {
            if hook.guard().is_some() || is_confirmed(&self.database, endpoint, hook).await? {
                ids.push(hook.id.clone());
            }
        }
        Ok(ids)
    }

    /// Starts what may start, and ends what is asked to.
    async fn begin_what_waits(
        &self,
        tasks: &Tasks,
        ended: &Arc<Notify>,
    ) -> Result<(), sqlite::Error> {
        let open = self.database.read(|db| runs::open(db, WAITING)).await?;
        for run in open.iter().filter(|run| run.is_stop_asked) {
            self.running.map(|all| {
                if let Some((_, stop)) = all.get(&run.number) {
                    stop.cancel();
                }
            });
        }
        let mut busy: Vec<(String, String)> = Vec::new();
        let (running, waiting): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|run| self.running.has(run.number));
        busy.extend(running.into_iter().map(|run| (run.endpoint, run.rule)));
        let mut files: HashMap<String, Option<HooksFile>> = HashMap::new();
        for run in waiting {
            if busy.len() >= AT_ONCE {
                return Ok(());
            }
            if !files.contains_key(&run.endpoint) {
                files.insert(run.endpoint.clone(), self.file(&run.endpoint).await);
            }
            let file = files.get(&run.endpoint).and_then(Option::as_ref);
            let hook = file.and_then(|file| file.find(&run.rule)).cloned();
            let name = (run.endpoint.clone(), run.rule.clone());
            let at_once = busy.iter().filter(|one| **one == name).count();
            let limit = hook.as_ref().map_or(0, |hook| hook.command_concurrency);
            if limit > 0 && usize::try_from(limit).is_ok_and(|limit| at_once >= limit) {
                continue;
            }
            busy.push(name);
            let (seen, stop) = (Seen::default(), CancellationToken::new());
            self.running
                .map(|all| all.insert(run.number, (Arc::clone(&seen), stop.clone())));
            let one = One {
                database: Arc::clone(&self.database),
                clock: self.clock,
                events: self.events.clone(),
                seen,
                stop,
            };
            let (running, ended) = (self.running.clone(), Arc::clone(ended));
            tasks.spawn("rule-run", |stop| async move {
                let number = run.number;
                stop.run_until_cancelled(one.run(run, hook)).await;
                running.map(|all| all.remove(&number));
                // Whoever waits for a turn has one.
                ended.notify_one();
                let _ = one.events.send(Event::Ran);
            });
        }
        Ok(())
    }

    fn tell(&self) {
        // Where nobody listens, nobody is to be told.
        let _ = self.events.send(Event::Ran);
    }
}

/// Whether the owner of `endpoint` has said that `hook`, as it is, may run on a stranger's word.
pub(super) async fn is_confirmed(
    database: &Database,
    endpoint: &str,
    hook: &Hook,
) -> Result<bool, sqlite::Error> {
    let (endpoint, id) = (endpoint.to_owned(), hook.id.clone());
    let kept = database
        .read(move |db| runs::confirmed(db, &endpoint, &id))
        .await?;
    Ok(kept.is_some_and(|kept| kept == hook.fingerprint()))
}

/// One run on its way.
struct One {
    database: Arc<Database>,
    clock: Clock,
    events: broadcast::Sender<Event>,
    seen: Seen,
    stop: CancellationToken,
}

impl One {
    async fn run(&self, run: Stored, hook: Option<Hook>) {
        let number = run.number;
        let outcome = match self.prepare(&run, hook).await {
            Ok(Some((job, files))) => {
                let outcome = self.execute(job).await;
                // Dropped, they are removed.
                let _ = spawn_blocking(move || drop(files)).await;
                outcome
            }
            // Another program has begun it.
            Ok(None) => return,
            Err(error) => Outcome {
                error: Some(error),
                ..Outcome::default()
            },
        };
        if let Some(error) = &outcome.error {
            warn!(run.number = number, "the rule {} failed: {error}", run.rule);
        }
        let now_ms = (self.clock)();
        let end = move |db: &sqlite::rusqlite::Connection| {
            runs::end(db, number, &outcome, now_ms)?;
            pairing::changed(db)
        };
        if let Err(error) = self.database.write(end).await {
            warn!(
                run.number = number,
                "what became of a command could not be kept: {error}"
            );
        }
    }

    /// The command of `run`, which then has begun; nothing when somebody else has begun it.
    async fn prepare(
        &self,
        run: &Stored,
        hook: Option<Hook>,
    ) -> Result<Option<(Job, Vec<tempfile::NamedTempFile>)>, String> {
        let hook = hook.ok_or("the rule is no longer there")?;
        let id = run.capture;
        let read = self.database.read(move |db| captures::by_id(db, id)).await;
        let stored = read.map_err(|error| error.to_string())?;
        let capture = stored.ok_or("the capture is no longer there")?.capture;
        let (mut plan, arguments, environment) = {
            let (hook, capture) = (hook.clone(), capture.clone());
            let judging = spawn_blocking(move || planned(&hook, &capture)).await;
            judging.map_err(|error| error.to_string())??
        };
        let path = env::var_os("PATH");
        let program = plan.program();
        let found = runner::find(&program, path.as_deref());
        let (number, now_ms) = (run.number, (self.clock)());
        let begin = move |db: &sqlite::rusqlite::Connection| {
            let begun = runs::begin(db, number, (&arguments, &environment), now_ms)?;
            Ok(begun)
        };
        let begun = self.database.write(begin).await;
        if !begun.map_err(|error| error.to_string())? {
            return Ok(None);
        }
        let _ = self.events.send(Event::Ran);
        let program = found.map_err(|error| match plan.hint() {
            Some(hint) => format!("{error}; {hint}"),
            None => error.to_string(),
        })?;
        // What the hook names itself comes after, and wins.
        let own = [
            ("TENTERHOOK_CAPTURE", run.capture.to_string()),
            ("TENTERHOOK_ENDPOINT", run.endpoint.clone()),
            ("TENTERHOOK_RULE", run.rule.clone()),
            ("TENTERHOOK_ATTEMPT", run.attempt.to_string()),
        ];
        let own = own.map(|(name, value)| (name.as_bytes().to_vec(), value.into_bytes()));
        plan.env.splice(0..0, own);
        let (mut job, files) =
            plan::job(plan, program, KEPT_BYTES, |line| tracing::debug!("{line}")).await;
        job.seen = Arc::clone(&self.seen);
        Ok(Some((job, files)))
    }

    async fn execute(&self, job: Job) -> Outcome {
        let runner = Runner::new(1);
        let running = runner.run(job);
        tokio::pin!(running);
        let (mut told, mut is_stopped) = (0, false);
        let ended = loop {
            tokio::select! {
                () = self.stop.cancelled(), if !is_stopped => {
                    is_stopped = true;
                    runner.stop();
                }
                result = timeout(TOLD_EVERY, &mut running) => {
                    if let Ok(ended) = result {
                        break ended;
                    }
                    let length = self.seen.lock().unwrap_or_else(PoisonError::into_inner).len();
                    if length != told {
                        told = length;
                        let _ = self.events.send(Event::Ran);
                    }
                }
            }
        };
        match ended {
            Ok(ended) => {
                let code = match ended.how {
                    How::Exited(status) => status.code().and_then(|code| i32::try_from(code).ok()),
                    How::TimedOut | How::Stopped => None,
                };
                let error = match ended.how {
                    How::Stopped => Some("stopped".to_owned()),
                    how if how.is_success() => None,
                    how => Some(how.to_string()),
                };
                Outcome {
                    code,
                    error,
                    output_bytes: ended.output.len() as u64 + ended.lost_bytes,
                    output: ended.output,
                }
            }
            Err(error) => Outcome {
                error: Some(error.to_string()),
                ..Outcome::default()
            },
        }
    }
}

/// What `capture` has `hook` run, and how its arguments and its environment are shown.
fn planned(
    hook: &Hook,
    capture: &Capture,
) -> Result<(webhook::rules::command::CommandPlan, String, String), String> {
    let plan = judge::evaluate(hook, capture)
        .command
        .ok_or("the rule does not trigger on this capture")?;
    let (arguments, environment) = shown::command(hook, &plan);
    Ok((plan, json(&arguments), json(&environment)))
}

fn json(list: &impl serde::Serialize) -> String {
    serde_json::to_string(list).expect("texts are JSON")
}
