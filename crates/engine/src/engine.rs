//! The engine that all faces call. Start at [`Engine::open`]; [`Engine::start`] sets it going.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use http::Method;
use listener::{Limits, Tasks};
use sqlite::Database;
use tokio::sync::{Notify, broadcast, mpsc};
use webhook::{
    capture::{Capture, CaptureId, NotAnId},
    query::Problem,
};
use wire::{
    api::{self, ErrorCode, PairRequest, Paired},
    connect::{ConnectError, ConnectString, RelayUrl},
    key::DeviceKey,
};

use crate::{
    Clock,
    body::Bodies,
    care::{Care, CareError, retention::Keeper},
    client::{self, CallError},
    deliveries::forward_view,
    forward::{Due, Forwarder, Target, TargetError},
    help, indexer,
    inspect::Inspect,
    intake::{self, Intake},
    line,
    lists::Lists,
    marks,
    probe::Prober,
    receiver::{self, ReceiverError},
    regroup,
    replay::{Means, ReplayError, Runs},
    rules::{RuleKeeper, RulesError, Running},
    saved::SaveError,
    secrets::{Secret, SecretError, Secrets},
    settings::{Settings, SettingsError},
    signatures::SignatureError,
    store::{
        self, captures, forwards, index,
        pairing::{self, Endpoint, Pairing},
        search::{self, Sought},
    },
    tunnel::{self, Tunnel},
    vault::Vault,
    verifier::Verifier,
    view::{
        CaptureDetail, CaptureRow, EndpointView, Event, LineState, ListFilter, ListInfo, Notice,
        Part, QueryHelp, Record, Source, Status,
    },
    watch,
};

/// How long the parts have to end when the engine stops.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// Events that a slow listener may lag behind; then it looks at the store, which is the truth.
const EVENTS: usize = 256;

/// What an engine is opened with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of its database, settings and, without a keychain, secrets.
    pub data: PathBuf,
    /// Where the time comes from.
    pub clock: Clock,
    /// Whether to ask the system's keychain.
    pub use_keychain: bool,
}

/// Where the receiver on this computer listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiveAt {
    /// Nowhere.
    Off,
    /// Where the settings say; if that is taken, the engine starts without it and says so.
    Settings,
    /// At this address and no other.
    Address(SocketAddr),
}

/// Why an engine could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Its database cannot be used.
    #[error(transparent)]
    Store(#[from] sqlite::OpenError),
}

/// Why the engine did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The history cannot be read or written.
    #[error(transparent)]
    Store(#[from] sqlite::Error),
    /// The relay was not reached or refused.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A secret cannot be kept or read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// What was pasted pairs with nothing.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// There is no relay to do it on.
    #[error(
        "this desktop is not paired with a relay: paste the connect string that the relay printed"
    )]
    Unpaired,
    /// There is no such capture.
    #[error("there is no capture {0}")]
    NoCapture(String),
    /// What was typed begins the ids of several captures.
    #[error("several captures begin with {0}: type more of the id")]
    Several(String),
    /// There is no such endpoint.
    #[error("there is no endpoint `{0}`")]
    NoEndpoint(String),
    /// There is no such delivery.
    #[error("there is no delivery {0}")]
    NoDelivery(i64),
    /// The body has no part of that number.
    #[error("the body has no such part")]
    NoPart,
    /// Captures cannot be passed on to there.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Rules or runs.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The list was closed.
    #[error("the list {0} is closed: open it again")]
    NoList(u32),
    /// The query cannot be read; the first thing that is wrong.
    #[error("{}", .0.first().map_or_else(String::new, |problem| problem.kind.to_string()))]
    Query(Vec<Problem>),
    /// Work on the whole history was not done.
    #[error(transparent)]
    Care(#[from] CareError),
    /// Captures were not sent again.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The filters cannot be kept so.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// Something about a signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The receiver on this computer is not up.
    #[error("the local receiver is not running: choose a free port in the settings")]
    NoReceiver,
}

impl Error {
    /// A word for it, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Call(CallError::Refused(refused)) => match refused.code {
                ErrorCode::SettingInvalid => "setting_invalid",
                ErrorCode::NameInvalid => "name_invalid",
                ErrorCode::NameTaken => "name_taken",
                ErrorCode::AddressTaken => "address_taken",
                _ => "relay",
            },
            Self::Call(CallError::Reach(_)) => "relay",
            Self::Secret(_) => "secret",
            Self::Connect(_) => "connect_string",
            Self::Unpaired => "unpaired",
            Self::NoCapture(_) => "no_capture",
            Self::Several(_) => "several",
            Self::NoEndpoint(_) => "no_endpoint",
            Self::NoDelivery(_) => "no_delivery",
            Self::NoPart => "no_part",
            Self::Target(TargetError::Remote { .. }) => "target_remote",
            Self::Target(_) => "target",
            Self::Rules(RulesError::NoRule(_)) => "no_rule",
            Self::Rules(RulesError::NoRun(_) | RulesError::Over(_)) => "no_run",
            Self::Rules(RulesError::File(_)) => "hooks_file",
            Self::NoList(_) => "no_list",
            Self::Query(_) => "query",
            Self::Care(error) => error.code(),
            Self::Replay(error) => error.code(),
            Self::Save(SaveError::Name) => "saved_name",
            Self::Save(SaveError::Taken(_)) => "saved_taken",
            Self::Save(_) => "saved",
            Self::Signature(SignatureError::NameTaken(_)) => "secret_name_taken",
            Self::Signature(_) => "signature",
            Self::NoReceiver => "no_receiver",
        }
    }
}

impl From<NotAnId> for Error {
    fn from(error: NotAnId) -> Self {
        Self::NoCapture(error.to_string())
    }
}

/// The program without a face. Clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Parts>);

struct Parts {
    options: Options,
    settings: Settings,
    database: Arc<Database>,
    secrets: Arc<Secrets>,
    vault: Arc<Vault>,
    lists: Lists,
    inspect: Inspect,
    bodies: Bodies,
    events: broadcast::Sender<Event>,
    line: Arc<tunnel::State>,
    /// The history has grown, or the pairing may have changed.
    stored: Arc<Notify>,
    line_changed: Arc<Notify>,
    receiver: OnceLock<SocketAddr>,
    forward_all: OnceLock<Target>,
    /// Told what is to be passed on once more; it keeps nothing open.
    due: OnceLock<mpsc::WeakUnboundedSender<Due>>,
    notices: Mutex<Vec<Notice>>,
    running: Running,
    care: Arc<Care>,
    runs: Runs,
    /// Those who bring captures; they end first.
    doors: Tasks,
    tasks: Tasks,
}

impl Engine {
    /// Opens settings and history in the folder of `options`. Nothing runs yet.
    ///
    /// # Errors
    /// When either cannot be used; both are as they were.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let database = store::open(&options.data)?;
        let settings = Settings::read(&options.data)?;
        let secrets = Arc::new(Secrets::new(&options.data, options.use_keychain));
        Ok(Self(Arc::new(Parts {
            vault: Arc::new(Vault::new(Arc::clone(&secrets))),
            secrets,
            settings,
            database: Arc::new(database),
            options,
            lists: Lists::default(),
            inspect: Inspect::default(),
            bodies: Bodies::default(),
            events: broadcast::Sender::new(EVENTS),
            line: Arc::default(),
            stored: Arc::default(),
            line_changed: Arc::default(),
            receiver: OnceLock::new(),
            forward_all: OnceLock::new(),
            due: OnceLock::new(),
            notices: Mutex::default(),
            running: Running::default(),
            care: Arc::default(),
            runs: Runs::default(),
            doors: Tasks::new(),
            tasks: Tasks::new(),
        })))
    }

    /// Sets it going: receives on this computer, keeps the line to the relay, tells what changes.
    /// The answer is where the receiver listens.
    ///
    /// # Errors
    /// When the address asked for cannot be had, or the history cannot be read.
    pub async fn start(&self, receive: ReceiveAt) -> Result<Option<SocketAddr>, StartError> {
        let parts = &self.0;
        let mark = parts.database.read(store::mark).await?;
        let bound = match receive {
            ReceiveAt::Off => None,
            ReceiveAt::Address(address) => Some(receiver::bind(address).await?),
            ReceiveAt::Settings => match receiver::bind(parts.settings.receiver.listen).await {
                Ok(bound) => Some(bound),
                Err(error) => {
                    self.notice("receiver", error.to_string());
                    None
                }
            },
        };
        let (intake, arrivals) = Intake::new();
        let (database, clock) = (Arc::clone(&parts.database), parts.options.clock);
        let stored = Arc::clone(&parts.stored);
        let (due, to_forward) = mpsc::unbounded_channel();
        // Only ever set here.
        let _ = parts.due.set(due.downgrade());
        // It ends when the doors have let go of the road, and not before.
        parts.tasks.spawn("intake", |_| {
            intake::run(arrivals, database, clock, stored, due)
        });
        let forwarder = Forwarder {
            database: Arc::clone(&parts.database),
            clock,
            events: parts.events.clone(),
            everything: parts.forward_all.get().cloned(),
        };
        parts
            .tasks
            .spawn("forward", |stop| forwarder.run(to_forward, stop));
        let address = bound.as_ref().map(|(_, address)| *address);
        if let Some((listener, address)) = bound {
            let body_bytes = parts.settings.receiver.body_limit_bytes;
            let router =
                receiver::router(intake.clone(), clock, Arc::clone(&parts.vault), body_bytes);
            let limits = Limits {
                body_bytes,
                ..Limits::default()
            };
            // Only ever set here.
            let _ = parts.receiver.set(address);
            parts.doors.spawn("receiver", |stop| {
                listener::serve(listener, router, limits, stop)
            });
        }
        let tunnel = Tunnel {
            data: parts.options.data.clone(),
            database: Arc::clone(&parts.database),
            secrets: Arc::clone(&parts.secrets),
            vault: Arc::clone(&parts.vault),
            intake,
            clock,
            state: Arc::clone(&parts.line),
            changed: Arc::clone(&parts.line_changed),
        };
        parts.doors.spawn("tunnel", |stop| tunnel.run(stop));
        let watched = watch::Watched {
            database: Arc::clone(&parts.database),
            stored: Arc::clone(&parts.stored),
            line_changed: Arc::clone(&parts.line_changed),
            events: parts.events.clone(),
        };
        parts
            .tasks
            .spawn("watch", move |stop| watched.run(mark, stop));
        let (database, events) = (Arc::clone(&parts.database), parts.events.subscribe());
        parts
            .tasks
            .spawn("indexer", |stop| indexer::run(database, events, stop));
        let keeper = Keeper {
            database: Arc::clone(&parts.database),
            clock,
            events: parts.events.clone(),
            stored: Arc::clone(&parts.stored),
            care: Arc::clone(&parts.care),
        };
        parts.tasks.spawn("retention", |stop| keeper.run(stop));
        let keeper = RuleKeeper {
            data: parts.options.data.clone(),
            database: Arc::clone(&parts.database),
            clock,
            events: parts.events.clone(),
            running: parts.running.clone(),
        };
        parts.tasks.spawn("rules", |stop| keeper.run(stop));
        let database = Arc::clone(&parts.database);
        parts
            .tasks
            .spawn("regroup", |stop| regroup::run(database, stop));
        let (database, clock) = (Arc::clone(&parts.database), parts.options.clock);
        parts
            .tasks
            .spawn("deletions", |stop| marks::finish(database, clock, stop));
        let (verifier, events) = (self.verifier(), parts.events.subscribe());
        parts
            .tasks
            .spawn("verifier", |stop| verifier.run(events, stop));
        let engine = Arc::downgrade(parts);
        let prober = Prober {
            database: Arc::clone(&parts.database),
            secrets: Arc::clone(&parts.secrets),
            state: Arc::clone(&parts.line),
            clock,
        };
        parts.tasks.spawn("probe", |stop| prober.run(stop));
        let mut line = parts.line.changes();
        let mut probes = parts.line.probes();
        parts.tasks.spawn("status", |stop| async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    Ok(()) = line.changed() => {}
                    Ok(()) = probes.changed() => {}
                    else => return,
                }
                let Some(parts) = engine.upgrade() else {
                    return;
                };
                line::tell_others(&parts.line, &parts.options.data);
                Self(parts).tell_status().await;
            }
        });
        Ok(address)
    }

    /// Has every capture passed on to `target`, whatever its endpoint, from [`Self::start`] on and
    /// as long as this program runs.
    pub fn forward_everything(&self, target: Target) {
        // The first call holds.
        let _ = self.0.forward_all.set(target);
    }

    /// Stops: the doors close, what came in is stored, the rest ends.
    pub async fn stop(&self) {
        self.0.doors.stop(STOP_WITHIN).await;
        self.0.tasks.stop(STOP_WITHIN).await;
    }

    /// What changes from now on. Who falls behind has missed some and looks at the whole again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.0.options.data
    }

    /// How things are.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn status(&self) -> Result<Status, Error> {
        let parts = &self.0;
        let read =
            |db: &sqlite::rusqlite::Connection| Ok((pairing::read(db)?, captures::count(db)?));
        let (pairing, captures) = parts.database.read(read).await?;
        let line = line::now(&parts.line, &parts.options.data, pairing.is_some());
        let path = parts.database.path();
        let sizes = ["history.db", "history.db-wal"]
            .map(|name| std::fs::metadata(path.with_file_name(name)).map_or(0, |file| file.len()));
        Ok(Status {
            notices: self.notices(pairing.as_ref().map(|pairing| pairing.url.as_str())),
            relay: pairing.map(|pairing| pairing.url),
            line: line.line,
            probe: line.probe,
            receiver: self.receiver().map(|address| format!("http://{address}")),
            captures,
            disk_bytes: sizes.iter().sum(),
        })
    }

    /// How the line to the relay is.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn line(&self) -> Result<LineState, Error> {
        let parts = &self.0;
        let is_paired = parts.database.read(pairing::read).await?.is_some();
        Ok(line::now(&parts.line, &parts.options.data, is_paired).line)
    }

    fn notices(&self, relay: Option<&str>) -> Vec<Notice> {
        let parts = &self.0;
        let mut all = parts
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if parts.secrets.are_in_file() {
            let file = parts.secrets.file().display();
            let message = format!("no keychain serves here: secrets are in the file {file}");
            all.push(Notice {
                code: "secrets_in_file".to_owned(),
                message,
            });
        }
        if let Some(relay) = relay.and_then(|url| url.parse::<RelayUrl>().ok())
            && !relay.is_encrypted()
            && !relay.is_loopback()
        {
            let message = format!(
                "the way to {relay} is not encrypted: whoever is on it can read captures as they \
                 are sent; give the relay a certificate and pair with its https:// address"
            );
            all.push(Notice {
                code: "unencrypted".to_owned(),
                message,
            });
        }
        let refused = parts.line.refused();
        if refused > 0 {
            let message = format!(
                "the relay refused {refused} requests, for too much waits there: their senders were \
                 asked to come again"
            );
            all.push(Notice {
                code: "refused".to_owned(),
                message,
            });
        }
        let unreadable = parts.line.unreadable();
        if unreadable > 0 {
            let message = format!(
                "{unreadable} captures on the relay cannot be opened with this desktop's key"
            );
            all.push(Notice {
                code: "unreadable".to_owned(),
                message,
            });
        }
        all
    }

    fn notice(&self, code: &str, message: String) {
        tracing::warn!("{message}");
        let mut all = self
            .0
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.push(Notice {
            code: code.to_owned(),
            message,
        });
    }

    async fn tell_status(&self) {
        match self.status().await {
            // Nobody listens: nobody is to be told.
            Ok(status) => drop(self.0.events.send(Event::Status { status })),
            Err(error) => tracing::warn!("the status could not be read: {error}"),
        }
    }

    fn receiver(&self) -> Option<SocketAddr> {
        self.0.receiver.get().copied()
    }

    /// Pairs with the relay that printed `connect`.
    ///
    /// # Errors
    /// When it is no connect string, the relay is not reached or refuses, or the secrets cannot be
    /// kept.
    pub async fn pair(&self, connect: &str, device_name: &str) -> Result<(), Error> {
        let ConnectString { relay, invite, pin } = connect.parse()?;
        let key = DeviceKey::generate();
        let (device_name, public_key) = (device_name.to_owned(), key.public());
        let request = PairRequest {
            invite,
            device_name,
            public_key,
        };
        let Paired { device, token } = client::call(
            Method::POST,
            &relay.api_url(api::PAIR),
            pin,
            None,
            Some(&request),
        )
        .await?;
        self.keep(tunnel::token_name(&device), Secret::new(token.reveal()))
            .await?;
        self.keep(tunnel::key_name(&device), tunnel::key_to_text(&key))
            .await?;
        let pairing = Pairing {
            url: relay.to_string(),
            device,
            pin,
        };
        let now_ms = (self.0.options.clock)();
        self.0
            .database
            .write(move |db| pairing::replace(db, &pairing, now_ms))
            .await?;
        self.0.stored.notify_one();
        Ok(())
    }

    /// Tries the line again now, if it rests.
    pub fn reconnect(&self) {
        self.0.line_changed.notify_one();
    }

    /// Lets the line to the relay go, so that captures wait there, or takes it up again. It holds
    /// for as long as this program runs.
    pub fn pause_line(&self, is_paused: bool) {
        self.0.line.pause(is_paused);
    }

    /// Has its user know of something, once for each `code`.
    pub fn tell_notice(&self, code: &str, message: String) {
        let all = self.0.notices.lock();
        let all = all.unwrap_or_else(PoisonError::into_inner);
        let is_known = all.iter().any(|notice| notice.code == code);
        drop(all);
        if !is_known {
            self.notice(code, message);
        }
    }

    pub(crate) fn forward_now(&self, due: Due) {
        // Before the start and behind the end there is nobody who forwards.
        if let Some(to) = self
            .0
            .due
            .get()
            .and_then(mpsc::WeakUnboundedSender::upgrade)
        {
            let _ = to.send(due);
        }
    }

    /// The time: Unix epoch, milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        (self.0.options.clock)()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn care(&self) -> &Arc<Care> {
        &self.0.care
    }

    pub(crate) fn events(&self) -> &broadcast::Sender<Event> {
        &self.0.events
    }

    pub(crate) fn stored(&self) -> &Notify {
        &self.0.stored
    }

    pub(crate) fn bodies(&self) -> &Bodies {
        &self.0.bodies
    }

    /// The capture `id`, read once while it is looked at.
    pub(crate) async fn looked_at(&self, id: &str) -> Result<Arc<Capture>, Error> {
        let looked = self.0.inspect.look(&self.0.database, id.parse()?).await?;
        looked.ok_or_else(|| Error::NoCapture(id.to_owned()))
    }

    pub(crate) fn lists(&self) -> &Lists {
        &self.0.lists
    }

    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.0.secrets
    }

    /// What sending again needs of it.
    pub(crate) fn means(&self) -> Means {
        Means {
            database: Arc::clone(&self.0.database),
            clock: self.0.options.clock,
            events: self.0.events.clone(),
            stored: Arc::clone(&self.0.stored),
        }
    }

    pub(crate) fn replays(&self) -> &Runs {
        &self.0.runs
    }

    pub(crate) fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.0.vault
    }

    pub(crate) fn verifier(&self) -> Verifier {
        Verifier {
            database: Arc::clone(&self.0.database),
            vault: Arc::clone(&self.0.vault),
            events: self.0.events.clone(),
        }
    }

    /// Where the receiver on this computer listens, or would.
    pub(crate) fn receives_at(&self) -> SocketAddr {
        self.receiver().unwrap_or(self.0.settings.receiver.listen)
    }

    /// Has those who watch look at once.
    pub(crate) fn has_changed(&self) {
        self.0.stored.notify_one();
    }

    pub(crate) fn running(&self) -> &Running {
        &self.0.running
    }

    pub(crate) async fn keep(&self, name: String, secret: Secret) -> Result<(), Error> {
        let secrets = Arc::clone(&self.0.secrets);
        let keep = tokio::task::spawn_blocking(move || secrets.keep(&name, &secret));
        Ok(keep.await.map_err(|_| sqlite::Error::Closed)??)
    }

    /// All endpoints: the local receiver first, then those of the relay, the oldest first.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn endpoints(&self) -> Result<Vec<EndpointView>, Error> {
        self.endpoints_with(captures::by_endpoint).await
    }

    /// As [`Self::endpoints`], but no captures are counted, which takes its time in a large history.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn endpoints_uncounted(&self) -> Result<Vec<EndpointView>, Error> {
        self.endpoints_with(|_| Ok(Vec::new())).await
    }

    async fn endpoints_with(&self, count: Count) -> Result<Vec<EndpointView>, Error> {
        let read = move |db: &sqlite::rusqlite::Connection| {
            Ok((pairing::endpoints(db)?, count(db)?, forwards::all(db)?))
        };
        let (endpoints, counts, forwards) = self.0.database.read(read).await?;
        let local = Endpoint {
            id: "local".to_owned(),
            name: "local".to_owned(),
            url: self
                .receiver()
                .map(|address| format!("http://{address}/"))
                .unwrap_or_default(),
            made_at_ms: 0,
        };
        let local = EndpointView {
            source: Source::Local,
            ..relay_endpoint(local, &counts)
        };
        let relay = endpoints
            .into_iter()
            .map(|endpoint| relay_endpoint(endpoint, &counts));
        let mut all: Vec<EndpointView> = [local].into_iter().chain(relay).collect();
        for endpoint in &mut all {
            let own = forwards.iter().filter(|one| one.endpoint == endpoint.id);
            endpoint.forwards = own.cloned().map(forward_view).collect();
        }
        Ok(all)
    }

    /// What `filter` says, asked now.
    pub(crate) fn sought(&self, filter: ListFilter) -> Result<Sought, Error> {
        Sought::new(filter, self.now_ms()).map_err(Error::Query)
    }

    /// Opens a list of what `filter` lets through.
    ///
    /// # Errors
    /// When its query cannot be read, or the history cannot.
    pub async fn open_list(&self, filter: ListFilter) -> Result<ListInfo, Error> {
        let sought = self.sought(filter)?;
        Ok(self.0.lists.open(&self.0.database, sought).await?)
    }

    /// Takes what has come since into the list.
    ///
    /// # Errors
    /// When the list is closed or the history cannot be read.
    pub async fn grow_list(&self, list: u32) -> Result<ListInfo, Error> {
        self.0
            .lists
            .grow(&self.0.database, list)
            .await?
            .ok_or(Error::NoList(list))
    }

    /// The rows of a list from position `from` on; the oldest capture is at 0.
    ///
    /// # Errors
    /// When the list is closed or the history cannot be read.
    pub async fn rows(
        &self,
        list: u32,
        from: usize,
        count: usize,
    ) -> Result<Vec<CaptureRow>, Error> {
        let rows = self
            .0
            .lists
            .rows(&self.0.database, list, from, count.min(1_000))
            .await?;
        rows.ok_or(Error::NoList(list))
    }

    /// Closes a list.
    pub fn close_list(&self, list: u32) {
        self.0.lists.close(list);
    }

    /// Everything about a capture but its body.
    ///
    /// # Errors
    /// When there is none of that id or the history cannot be read.
    pub async fn detail(&self, id: &str) -> Result<CaptureDetail, Error> {
        let found = self.0.inspect.detail(&self.0.database, id.parse()?).await?;
        found.ok_or_else(|| Error::NoCapture(id.to_owned()))
    }

    /// Bytes of a head or body as sent.
    ///
    /// # Errors
    /// When there is none of that id or the history cannot be read.
    pub async fn bytes(
        &self,
        id: &str,
        part: Part,
        from: usize,
        count: usize,
    ) -> Result<Vec<u8>, Error> {
        let id_ = id.parse()?;
        let bytes = self
            .0
            .inspect
            .bytes(&self.0.database, id_, part, from, count)
            .await?;
        bytes.ok_or_else(|| Error::NoCapture(id.to_owned()))
    }

    /// A whole capture.
    ///
    /// # Errors
    /// When there is none of that id or the history cannot be read.
    pub async fn record(&self, id: &str) -> Result<Record, Error> {
        let id_: CaptureId = id.parse()?;
        let stored = self
            .0
            .database
            .read(move |db| captures::by_id(db, id_))
            .await?;
        stored
            .map(|stored| record(&stored))
            .ok_or_else(|| Error::NoCapture(id.to_owned()))
    }

    /// The newest place in the history.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn newest(&self) -> Result<i64, Error> {
        Ok(self.0.database.read(store::mark).await?.seq)
    }

    /// Whole captures behind the place `after`, the oldest first, at most `limit`, each with its
    /// place.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn records_after(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, Record)>, Error> {
        let stored = self
            .0
            .database
            .read(move |db| captures::after(db, after, limit))
            .await?;
        Ok(stored
            .iter()
            .map(|stored| (stored.seq, record(stored)))
            .collect())
    }

    /// Places of the newest captures that `filter` lets through, the newest first.
    ///
    /// # Errors
    /// When its query cannot be read, or the history cannot.
    pub async fn newest_of(&self, filter: ListFilter, limit: usize) -> Result<Vec<i64>, Error> {
        let sought = self.sought(filter)?;
        let read = move |db: &sqlite::rusqlite::Connection| {
            let mut seqs = Vec::new();
            if limit > 0 {
                search::seek(db, &sought, 0, true, |seq| {
                    seqs.push(seq);
                    seqs.len() < limit
                })?;
            }
            Ok(seqs)
        };
        Ok(self.0.database.read(read).await?)
    }

    /// What is wrong with the query `text`, and what may be typed at `cursor` (in UTF-16 units).
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn query_help(&self, text: &str, cursor: usize) -> Result<QueryHelp, Error> {
        Ok(help::help(&self.0.database, text, cursor).await?)
    }

    /// How many captures the index of the search lacks. They are sought all the same, one by one.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn behind(&self) -> Result<u64, Error> {
        let index::Progress {
            indexed, newest, ..
        } = self.0.database.read(index::progress).await?;
        Ok(u64::try_from(newest - indexed).unwrap_or(0))
    }

    /// The whole capture at the place `seq`; none when it is gone.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn record_at(&self, seq: i64) -> Result<Option<Record>, Error> {
        let one = self
            .0
            .database
            .read(move |db| captures::after(db, seq - 1, 1))
            .await?;
        Ok(one.first().filter(|stored| stored.seq == seq).map(record))
    }

    /// A command line that sends something to `endpoint`.
    ///
    /// # Errors
    /// When there is no such endpoint or the history cannot be read.
    pub async fn try_line(&self, endpoint: &str) -> Result<String, Error> {
        let all = self.endpoints().await?;
        let found = all
            .into_iter()
            .find(|one| one.id == endpoint && !one.url.is_empty());
        let url = found
            .ok_or_else(|| Error::NoEndpoint(endpoint.to_owned()))?
            .url;
        Ok(try_line(&url))
    }

    /// Sends a sample to the receiver on this computer, as any sender would.
    ///
    /// # Errors
    /// When the receiver is not up or does not answer.
    pub async fn send_test(&self) -> Result<(), Error> {
        let address = self.receiver().ok_or(Error::NoReceiver)?;
        Ok(client::send_sample(address)
            .await
            .map_err(CallError::from)?)
    }
}

/// Counts captures, by their endpoint.
type Count = fn(&sqlite::rusqlite::Connection) -> sqlite::rusqlite::Result<Vec<(String, u64, i64)>>;

/// Why an engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The receiver's address cannot be had.
    #[error(transparent)]
    Receiver(#[from] ReceiverError),
    /// The history cannot be read.
    #[error(transparent)]
    Store(#[from] sqlite::Error),
}

/// A command line that sends a little JSON to `url`.
#[must_use]
pub fn try_line(url: &str) -> String {
    format!(
        "curl -X POST '{url}' -H 'Content-Type: application/json' -d '{{\"hello\":\"tenterhook\"}}'"
    )
}

fn record(stored: &captures::Stored) -> Record {
    Record::new(&stored.capture, stored.source, stored.is_held)
}

pub(crate) fn relay_endpoint(endpoint: Endpoint, counts: &[(String, u64, i64)]) -> EndpointView {
    let own = counts.iter().find(|(id, ..)| *id == endpoint.id);
    EndpointView {
        id: endpoint.id,
        name: endpoint.name,
        url: endpoint.url,
        source: Source::Relay,
        captures: own.map_or(0, |(_, captures, _)| *captures),
        last_at_ms: own.map(|(.., last_at_ms)| *last_at_ms),
        forwards: Vec::new(),
    }
}
