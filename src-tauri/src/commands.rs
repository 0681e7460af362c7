//! What the page may ask: one command a method of its `Backend`, each one call of the engine.

use engine::{
    EndpointSettings, Engine, NewSecret, Secret, Target,
    link::{self, LinkView},
    view::{
        CaptureDetail, CaptureRow, DeliveryView, DiagnosisView, EndpointView, ForwardView,
        ListFilter, ListInfo, MadeSecret, Part, QueryHelp, SecretView, SettingsView, Status,
        TextPage, TreePage, UiError, VerificationView,
    },
};
use serde::{Serialize, Serializer};
use tauri::{
    State, Wry, command, generate_handler,
    ipc::{Invoke, Response},
};

use crate::{clipboard::Clipboard, opened::Opened};

/// Why a command did not do as asked. The page hears a [`UiError`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The engine did not.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// Nothing can be copied.
    #[error("the clipboard cannot be written: {0}")]
    Clipboard(#[from] arboard::Error),
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let code = match self {
            Self::Engine(error) => error.code(),
            Self::Clipboard(_) => "clipboard",
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
        detail,
        tree,
        text,
        bytes,
        try_line,
        copy,
        pair,
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
        secrets,
        add_secret,
        retire_secret,
        remove_secret,
        verification,
        signed_bytes,
        diagnose,
        send_test_event,
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
async fn detail(engine: State<'_, Engine>, id: String) -> Result<CaptureDetail, Error> {
    Ok(engine.detail(&id).await?)
}

#[command]
async fn tree(
    engine: State<'_, Engine>,
    id: String,
    folded: Vec<u32>,
    from: usize,
    count: usize,
) -> Result<TreePage, Error> {
    Ok(engine.tree(&id, folded, from, count).await?)
}

#[command]
async fn text(
    engine: State<'_, Engine>,
    id: String,
    from: usize,
    count: usize,
) -> Result<TextPage, Error> {
    Ok(engine.text(&id, from, count).await?)
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
        assert_eq!(handled.len(), 33);
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
