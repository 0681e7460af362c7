//! What the page may ask: one command a method of its `Backend`, each one call of the engine.

use std::path::Path;

use engine::{
    EndpointSettings, Engine, NewSecret, Secret, Target,
    export::ExportError,
    link::{self, LinkView},
    view::{
        Background, BodyForm, BodyRef, BodyView, CaptureDetail, CaptureRow, Compacted, Comparison,
        Confirmed, DeliveryView, DiagnosisView, EndpointView, Folds, FormatView, ForwardSettings,
        ForwardView, Found, HistoryFile, HistoryView, Language, LintView, ListFilter, ListInfo,
        MadeSecret, MarkChange, Matches, MendedList, Merged, Missed, OutputView, Part,
        PrunePreview, QueryHelp, ReplayOptions, ReplayReport, ReplaySelection, Replayed, Restored,
        Retention, RulesView, RunView, SavedView, SecretView, SettingsView, Status, TextPage,
        Timeline, TreePage, TrialView, UiError, VerificationView, WindowNews,
    },
};
use serde::{Serialize, Serializer};
use tauri::{
    AppHandle, Manager, State, Wry, command, generate_handler,
    ipc::{Invoke, Response},
};

use crate::{clipboard::Clipboard, closing, news::News, opened::Opened, settings::Settings};

/// Why a command did not do as asked. The page hears a [`UiError`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The engine did not.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// Nothing can be copied.
    #[error("the clipboard cannot be written: {0}")]
    Clipboard(#[from] arboard::Error),
    /// How the window behaves in the background cannot be changed.
    #[error("the settings cannot be kept: {0}")]
    Background(#[from] std::io::Error),
    /// Captures were not taken away.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// There is nowhere to save to.
    #[error("this computer names no folder for downloads: {0}")]
    NoFolder(tauri::Error),
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let code = match self {
            Self::Engine(error) => error.code(),
            Self::Clipboard(_) => "clipboard",
            Self::Background(_) => "background",
            Self::Export(_) | Self::NoFolder(_) => "export",
        };
        let (code, message) = (code.to_owned(), self.to_string());
        UiError { code, message }.serialize(serializer)
    }
}

/// All of them, for the window.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    generate_handler![
        status,
        endpoints,
        query_help,
        open_list,
        grow_list,
        rows,
        close_list,
        timeline,
        matches,
        saved,
        set_saved,
        tries,
        detail,
        body_view,
        mend_list,
        list_seqs,
        list_position,
        mark,
        detail,
        compare,
        formats,
        snippet,
        save_captures,
        tree,
        text,
        body_bytes,
        body_rows,
        body_find,
        bytes,
        try_line,
        copy,
        pair,
        unpair,
        take_link,
        new_endpoint,
        endpoint_settings,
        save_endpoint,
        endpoint_token,
        rotate_endpoint,
        remove_endpoint,
        restore_endpoint,
        deliveries,
        delivery_body,
        send_test,
        background,
        set_background,
        speak,
        pause_line,
        leave,
        take_news,
        history,
        prune_preview,
        save_retention,
        backup_history,
        check_history,
        restore_history,
        compact_history,
        merge_history,
        stop_work,
        replay,
        start_replay,
        pause_replay,
        cancel_replay,
        replay_report,
        forward_settings,
        put_forward,
        remove_forward,
        missed,
        replay_missed,
        confirm_target,
        confirmed_targets,
        forget_target,
        secrets,
        add_secret,
        retire_secret,
        remove_secret,
        verification,
        signed_bytes,
        diagnose,
        send_test_event,
        rules,
        ruled_endpoints,
        check_hooks,
        set_rules,
        confirm_rule,
        try_rules,
        try_on,
        run_rule,
        run_again,
        stop_run,
        runs,
        run_output,
    ]
}

#[command]
async fn status(engine: State<'_, Engine>) -> Result<Status, Error> {
    Ok(engine.status().await?)
}

#[command]
async fn endpoints(engine: State<'_, Engine>) -> Result<Vec<EndpointView>, Error> {
    Ok(engine.endpoints().await?)
}

#[command]
async fn query_help(
    engine: State<'_, Engine>,
    text: String,
    cursor: usize,
) -> Result<QueryHelp, Error> {
    Ok(engine.query_help(&text, cursor).await?)
}

#[command]
async fn open_list(engine: State<'_, Engine>, filter: ListFilter) -> Result<ListInfo, Error> {
    Ok(engine.open_list(filter).await?)
}

#[command]
async fn grow_list(engine: State<'_, Engine>, list: u32) -> Result<ListInfo, Error> {
    Ok(engine.grow_list(list).await?)
}

#[command]
async fn rows(
    engine: State<'_, Engine>,
    list: u32,
    from: usize,
    count: usize,
) -> Result<Vec<CaptureRow>, Error> {
    Ok(engine.rows(list, from, count).await?)
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn close_list(engine: State<'_, Engine>, list: u32) {
    engine.close_list(list);
}

#[command]
async fn timeline(engine: State<'_, Engine>, list: u32) -> Result<Timeline, Error> {
    Ok(engine.timeline(list).await?)
}

#[command]
async fn matches(engine: State<'_, Engine>, query: String) -> Result<Matches, Error> {
    Ok(engine.matches(&query).await?)
}

#[command]
async fn saved(engine: State<'_, Engine>) -> Result<Vec<SavedView>, Error> {
    Ok(engine.saved().await?)
}

#[command]
async fn set_saved(engine: State<'_, Engine>, all: Vec<SavedView>) -> Result<(), Error> {
    Ok(engine.set_saved(all).await?)
}

#[command]
async fn tries(engine: State<'_, Engine>, id: String) -> Result<Vec<CaptureRow>, Error> {
    Ok(engine.tries(&id).await?)
}

#[command]
async fn mend_list(
    engine: State<'_, Engine>,
    list: u32,
    positions: Vec<usize>,
) -> Result<MendedList, Error> {
    Ok(engine.mend_list(list, &positions).await?)
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn list_seqs(
    engine: State<'_, Engine>,
    list: u32,
    from: usize,
    count: usize,
) -> Result<Vec<i64>, Error> {
    Ok(engine.list_seqs(list, from, count)?)
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn list_position(engine: State<'_, Engine>, list: u32, seq: i64) -> Option<usize> {
    engine.list_position(list, seq)
}

#[command]
async fn mark(
    engine: State<'_, Engine>,
    seqs: Vec<i64>,
    change: MarkChange,
) -> Result<usize, Error> {
    Ok(engine.mark(seqs, change).await?)
}

#[command]
async fn compare(
    engine: State<'_, Engine>,
    id: String,
    with: Option<String>,
) -> Result<Comparison, Error> {
    Ok(engine.compare(&id, with.as_deref()).await?)
}

#[command]
fn formats() -> Vec<FormatView> {
    engine::formats()
}

#[command]
async fn snippet(
    engine: State<'_, Engine>,
    id: String,
    format: String,
    with_secrets: bool,
) -> Result<String, Error> {
    Ok(engine.snippet(&id, &format, with_secrets).await?)
}

/// Into the folder for downloads; the answer is where.
#[command]
async fn save_captures(
    app: AppHandle,
    engine: State<'_, Engine>,
    seqs: Vec<i64>,
    format: String,
    with_secrets: bool,
) -> Result<String, Error> {
    let folder = app.path().download_dir().map_err(Error::NoFolder)?;
    let path = engine.save(seqs, &format, with_secrets, &folder).await?;
    Ok(path.display().to_string())
}

#[command]
async fn detail(engine: State<'_, Engine>, id: String) -> Result<CaptureDetail, Error> {
    Ok(engine.detail(&id).await?)
}

#[command]
async fn body_view(engine: State<'_, Engine>, body: BodyRef) -> Result<BodyView, Error> {
    Ok(engine.body_view(body).await?)
}

#[command]
async fn tree(
    engine: State<'_, Engine>,
    body: BodyRef,
    folds: Folds,
    show: Option<u32>,
    from: usize,
    count: usize,
) -> Result<TreePage, Error> {
    Ok(engine.tree(body, folds, show, from, count).await?)
}

#[command]
async fn text(
    engine: State<'_, Engine>,
    body: BodyRef,
    form: BodyForm,
    from: usize,
    count: usize,
) -> Result<TextPage, Error> {
    Ok(engine.text(body, form, from, count).await?)
}

/// Raw, as [`bytes`].
#[command]
async fn body_bytes(
    engine: State<'_, Engine>,
    body: BodyRef,
    form: BodyForm,
    from: usize,
    count: usize,
) -> Result<Response, Error> {
    Ok(Response::new(
        engine.body_bytes(body, form, from, count).await?,
    ))
}

#[command]
async fn body_rows(
    engine: State<'_, Engine>,
    body: BodyRef,
    from: usize,
    count: usize,
) -> Result<Vec<Vec<String>>, Error> {
    Ok(engine.body_rows(body, from, count).await?)
}

#[command]
async fn body_find(
    engine: State<'_, Engine>,
    body: BodyRef,
    form: BodyForm,
    needle: String,
) -> Result<Found, Error> {
    Ok(engine.body_find(body, form, &needle).await?)
}

/// Raw, for a body may be large and is no JSON.
#[command]
async fn bytes(
    engine: State<'_, Engine>,
    id: String,
    part: Part,
    from: usize,
    count: usize,
) -> Result<Response, Error> {
    Ok(Response::new(engine.bytes(&id, part, from, count).await?))
}

#[command]
async fn try_line(engine: State<'_, Engine>, endpoint: String) -> Result<String, Error> {
    Ok(engine.try_line(&endpoint).await?)
}

#[command(async)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn copy(clipboard: State<'_, Clipboard>, text: String) -> Result<(), Error> {
    Ok(clipboard.write(text)?)
}

#[command]
async fn pair(engine: State<'_, Engine>, connect: String) -> Result<(), Error> {
    Ok(engine.pair(&connect, &engine::computer_name()).await?)
}

#[command]
async fn unpair(engine: State<'_, Engine>) -> Result<(), Error> {
    Ok(engine.unpair().await?)
}

/// None but once for each link.
#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn take_link(opened: State<'_, Opened>) -> Option<LinkView> {
    opened.take().map(|text| link::read(&text))
}

#[command]
async fn new_endpoint(
    engine: State<'_, Engine>,
    name: Option<String>,
    address: Option<String>,
) -> Result<EndpointView, Error> {
    // The token lies in the keychain; the page asks for it when it is to be shown.
    let (endpoint, _token) = engine.new_endpoint(name, address).await?;
    Ok(endpoint)
}

#[command]
async fn endpoint_settings(engine: State<'_, Engine>, id: String) -> Result<SettingsView, Error> {
    Ok(engine.endpoint_settings(&id).await?.into())
}

#[command]
async fn save_endpoint(
    engine: State<'_, Engine>,
    id: String,
    settings: Option<SettingsView>,
    forwards: Vec<ForwardView>,
) -> Result<(), Error> {
    let targets = forwards
        .iter()
        .map(|forward| Target::parse(&forward.target, forward.is_remote))
        .collect::<Result<Vec<_>, _>>()
        .map_err(engine::Error::from)?;
    let settings = settings.map(EndpointSettings::from);
    Ok(engine
        .save_endpoint(&id, settings.as_ref(), &targets)
        .await?)
}

#[command]
async fn endpoint_token(engine: State<'_, Engine>, id: String) -> Result<Option<String>, Error> {
    let token = engine.endpoint_token(&id).await?;
    Ok(token.map(|token| token.reveal().to_owned()))
}

#[command]
async fn rotate_endpoint(engine: State<'_, Engine>, id: String) -> Result<(), Error> {
    engine.rotate_endpoint(&id).await?;
    Ok(())
}

#[command]
async fn remove_endpoint(engine: State<'_, Engine>, id: String) -> Result<(), Error> {
    Ok(engine.remove_endpoint(&id).await?)
}

#[command]
async fn restore_endpoint(engine: State<'_, Engine>, id: String) -> Result<EndpointView, Error> {
    Ok(engine.restore_endpoint(&id).await?)
}

#[command]
async fn deliveries(engine: State<'_, Engine>, id: String) -> Result<Vec<DeliveryView>, Error> {
    Ok(engine.deliveries(&id).await?)
}

#[command]
async fn delivery_body(engine: State<'_, Engine>, number: i64) -> Result<Response, Error> {
    Ok(Response::new(engine.delivery_body(number).await?))
}

#[command]
async fn send_test(engine: State<'_, Engine>) -> Result<(), Error> {
    Ok(engine.send_test().await?)
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn background(settings: State<'_, Settings>) -> Background {
    settings.now()
}

#[command(async)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its arguments by value"
)]
fn set_background(app: AppHandle, background: Background) -> Result<Background, Error> {
    Ok(Settings::change(&app, |now| *now = background)?)
}

#[command(async)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its arguments by value"
)]
fn speak(app: AppHandle, language: Language) -> Result<(), Error> {
    Settings::change(&app, |now| now.language = language)?;
    Ok(())
}

#[command]
async fn history(engine: State<'_, Engine>) -> Result<HistoryView, Error> {
    Ok(engine.history().await?)
}

#[command]
async fn prune_preview(
    engine: State<'_, Engine>,
    retention: Retention,
) -> Result<PrunePreview, Error> {
    Ok(engine.prune_preview(retention, None).await?)
}

#[command]
async fn save_retention(engine: State<'_, Engine>, retention: Retention) -> Result<(), Error> {
    Ok(engine.set_retention(retention).await?)
}

#[command]
async fn backup_history(engine: State<'_, Engine>, to: String) -> Result<HistoryFile, Error> {
    Ok(engine.backup(Path::new(&to)).await?)
}

#[command]
async fn check_history(engine: State<'_, Engine>, from: String) -> Result<HistoryFile, Error> {
    Ok(engine.check_history(Path::new(&from)).await?)
}

#[command]
async fn restore_history(engine: State<'_, Engine>, from: String) -> Result<Restored, Error> {
    Ok(engine.restore(Path::new(&from)).await?)
}

#[command]
async fn compact_history(engine: State<'_, Engine>) -> Result<Compacted, Error> {
    Ok(engine.compact().await?)
}

#[command]
async fn merge_history(engine: State<'_, Engine>, from: String) -> Result<Merged, Error> {
    Ok(engine.merge(Path::new(&from)).await?)
}

#[command]
async fn replay(
    engine: State<'_, Engine>,
    id: String,
    options: ReplayOptions,
) -> Result<Replayed, Error> {
    Ok(engine.replay(&id, &options, None).await?)
}

/// The answer is its number; how far it is, is told as an event.
#[command]
async fn start_replay(
    engine: State<'_, Engine>,
    selection: ReplaySelection,
    options: ReplayOptions,
) -> Result<u32, Error> {
    Ok(engine.start_replay(selection, &options, None).await?)
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn pause_line(engine: State<'_, Engine>, is_paused: bool) {
    engine.pause_line(is_paused);
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its arguments by value"
)]
fn leave(app: AppHandle, answer: closing::Answer, remembers: bool) -> Result<(), Error> {
    Ok(closing::answer(&app, answer, remembers)?)
}

/// Each but once.
#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn take_news(news: State<'_, News>) -> Vec<WindowNews> {
    news.take()
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn pause_replay(engine: State<'_, Engine>, run: u32, rest: bool) -> Result<(), Error> {
    Ok(engine.pause_replay(run, rest)?)
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn stop_work(engine: State<'_, Engine>) {
    engine.stop_work();
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn cancel_replay(engine: State<'_, Engine>, run: u32) -> Result<(), Error> {
    Ok(engine.cancel_replay(run)?)
}

#[command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its state by value"
)]
fn replay_report(engine: State<'_, Engine>, run: u32) -> Result<ReplayReport, Error> {
    Ok(engine.replay_report(run)?)
}

#[command]
async fn forward_settings(
    engine: State<'_, Engine>,
    endpoint: String,
) -> Result<Vec<ForwardSettings>, Error> {
    Ok(engine.forward_settings(&endpoint).await?)
}

#[command]
async fn put_forward(
    engine: State<'_, Engine>,
    endpoint: String,
    forward: ForwardSettings,
) -> Result<(), Error> {
    Ok(engine.put_forward(&endpoint, forward).await?)
}

#[command]
async fn remove_forward(
    engine: State<'_, Engine>,
    endpoint: String,
    target: String,
) -> Result<(), Error> {
    Ok(engine.remove_forward(&endpoint, &target).await?)
}

#[command]
async fn missed(engine: State<'_, Engine>, endpoint: String) -> Result<Vec<Missed>, Error> {
    Ok(engine.missed(&endpoint).await?)
}

/// The answer is the number of the replay.
#[command]
async fn replay_missed(
    engine: State<'_, Engine>,
    endpoint: String,
    target: String,
) -> Result<u32, Error> {
    Ok(engine.replay_missed(&endpoint, &target).await?)
}

/// The answer is what was confirmed: scheme, name and port.
#[command]
async fn confirm_target(engine: State<'_, Engine>, target: String) -> Result<String, Error> {
    Ok(engine.confirm_target(&target).await?)
}

#[command]
async fn confirmed_targets(engine: State<'_, Engine>) -> Result<Vec<Confirmed>, Error> {
    Ok(engine.confirmed_targets().await?)
}

#[command]
async fn forget_target(engine: State<'_, Engine>, origin: String) -> Result<bool, Error> {
    Ok(engine.forget_target(origin).await?)
}

#[command]
async fn secrets(engine: State<'_, Engine>, endpoint: String) -> Result<Vec<SecretView>, Error> {
    Ok(engine.signing_secrets(&endpoint).await?)
}

/// With `value` none a secret is made, which the page is told this once.
#[command]
async fn add_secret(
    engine: State<'_, Engine>,
    endpoint: String,
    name: Option<String>,
    scheme: Option<String>,
    header: Option<String>,
    value: Option<String>,
) -> Result<MadeSecret, Error> {
    let new = NewSecret {
        name,
        scheme,
        header,
    };
    let value = value.map(Secret::new);
    let (secret, made) = engine.add_signing_secret(&endpoint, new, value).await?;
    let value = made.map(|made| made.reveal().to_owned());
    Ok(MadeSecret { secret, value })
}

#[command]
async fn retire_secret(
    engine: State<'_, Engine>,
    endpoint: String,
    name: String,
    is_old: bool,
) -> Result<(), Error> {
    Ok(engine
        .retire_signing_secret(&endpoint, &name, is_old)
        .await?)
}

#[command]
async fn remove_secret(
    engine: State<'_, Engine>,
    endpoint: String,
    name: String,
) -> Result<(), Error> {
    Ok(engine.remove_signing_secret(&endpoint, &name).await?)
}

#[command]
async fn verification(engine: State<'_, Engine>, id: String) -> Result<VerificationView, Error> {
    Ok(engine.verification(&id, None).await?)
}

#[command]
async fn signed_bytes(
    engine: State<'_, Engine>,
    id: String,
    from: usize,
    count: usize,
) -> Result<Response, Error> {
    Ok(Response::new(engine.signed_bytes(&id, from, count).await?))
}

#[command]
async fn diagnose(
    engine: State<'_, Engine>,
    id: String,
    computed: Option<String>,
) -> Result<DiagnosisView, Error> {
    Ok(engine.diagnose(&id, computed).await?)
}

#[command]
async fn send_test_event(
    engine: State<'_, Engine>,
    endpoint: String,
    scheme: String,
) -> Result<u16, Error> {
    Ok(engine.send_test_event(&endpoint, &scheme).await?.status)
}

#[command]
async fn rules(engine: State<'_, Engine>, endpoint: String) -> Result<RulesView, Error> {
    Ok(engine.rules(&endpoint).await?)
}

#[command]
async fn ruled_endpoints(engine: State<'_, Engine>) -> Result<Vec<String>, Error> {
    Ok(engine.ruled_endpoints().await?)
}

#[command(async)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed its arguments by value"
)]
fn check_hooks(text: String) -> Vec<LintView> {
    engine::check_hooks(text.as_bytes())
}

/// The answer is what of it has no effect on an endpoint.
#[command]
async fn set_rules(
    engine: State<'_, Engine>,
    endpoint: String,
    text: String,
) -> Result<Vec<String>, Error> {
    Ok(engine.set_rules(&endpoint, text.as_bytes()).await?)
}

#[command]
async fn confirm_rule(
    engine: State<'_, Engine>,
    endpoint: String,
    rule: String,
) -> Result<(), Error> {
    Ok(engine.confirm_rule(&endpoint, &rule).await?)
}

#[command]
async fn try_rules(
    engine: State<'_, Engine>,
    endpoint: String,
    text: Option<String>,
    filter: ListFilter,
    limit: usize,
) -> Result<Vec<TrialView>, Error> {
    let text = text.as_deref().map(str::as_bytes);
    Ok(engine.try_rules(&endpoint, text, filter, limit).await?)
}

#[command]
async fn try_on(
    engine: State<'_, Engine>,
    endpoint: String,
    text: Option<String>,
    id: String,
) -> Result<Vec<TrialView>, Error> {
    let text = text.as_deref().map(str::as_bytes);
    Ok(engine.try_on(&endpoint, text, &id).await?)
}

#[command]
async fn run_rule(
    engine: State<'_, Engine>,
    endpoint: String,
    rule: String,
    id: String,
) -> Result<i64, Error> {
    Ok(engine.run_rule(&endpoint, &rule, &id).await?)
}

#[command]
async fn run_again(engine: State<'_, Engine>, number: i64) -> Result<i64, Error> {
    Ok(engine.run_again(number).await?)
}

#[command]
async fn stop_run(engine: State<'_, Engine>, number: i64) -> Result<(), Error> {
    Ok(engine.stop_run(number).await?)
}

#[command]
async fn runs(
    engine: State<'_, Engine>,
    rule: Option<String>,
    capture: Option<String>,
    limit: usize,
) -> Result<Vec<RunView>, Error> {
    Ok(engine
        .runs(rule.as_deref(), capture.as_deref(), limit)
        .await?)
}

#[command]
async fn run_output(engine: State<'_, Engine>, number: i64) -> Result<OutputView, Error> {
    Ok(engine.run_output(number).await?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The words of a list in a source text.
    fn listed<'a>(source: &'a str, from: &str) -> BTreeSet<&'a str> {
        let (_, list) = source.split_once(from).expect("the list is there");
        let (list, _) = list.split_once(']').expect("the list ends");
        let words = list.split(',').map(|word| word.trim().trim_matches('"'));
        words.filter(|word| !word.is_empty()).collect()
    }

    #[test]
    fn the_page_may_call_what_is_listed_and_nothing_else() {
        let handled = listed(include_str!("commands.rs"), "generate_handler![");
        let declared = listed(include_str!("../build.rs"), ".commands(&[");
        let allowed = listed(
            include_str!("../capabilities/main.json"),
            "\"permissions\": [",
        );
        let listens = ["core:event:allow-listen", "core:event:allow-unlisten"];
        let of_commands = handled
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")));
        let wanted: BTreeSet<String> = of_commands.chain(listens.map(str::to_owned)).collect();
        assert!(handled.len() > 20, "the list is found");
        assert_eq!(declared, handled);
        assert_eq!(allowed, wanted.iter().map(String::as_str).collect());
    }

    #[test]
    fn each_command_is_one_that_the_handler_knows() {
        let source = include_str!("commands.rs");
        let (commands, _tests) = source.split_once("#[cfg(test)]").unwrap();
        let annotated = commands.split("#[command").skip(1).map(|behind| {
            let (_, name) = behind.split_once("fn ").unwrap();
            name.split_once('(').unwrap().0
        });
        assert_eq!(
            annotated.collect::<BTreeSet<_>>(),
            listed(source, "generate_handler![")
        );
    }

    #[test]
    fn an_error_reaches_the_page_with_code_and_message() {
        let error = Error::from(engine::Error::NoEndpoint("shop".to_owned()));
        let heard = serde_json::to_value(error).unwrap();
        let wanted = serde_json::json!({
            "code": "no_endpoint", "message": "there is no endpoint `shop`",
        });
        assert_eq!(heard, wanted);
    }
}
