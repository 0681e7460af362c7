//! The tray: how many came while nobody looked, how the line is, and the few things that are done
//! without the window. Where the system shows no tray, the program works without one. Start at
//! [`run`].

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use engine::{
    Engine,
    view::{CaptureRow, EndpointView, Event, Language, LineState, Source, WindowNews},
};
use tauri::{
    AppHandle, Manager, Wry,
    menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder},
    tray::{TrayIcon, TrayIconBuilder},
};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::sleep,
};
use tracing::warn;

use crate::{
    attention::Attention, clipboard::Clipboard, closing, news::News, settings::Settings, window,
    words,
};

const ID: &str = "main";
/// The menu is made anew no more often.
const REST: Duration = Duration::from_millis(500);
/// Captures that the menu names.
const NAMED: usize = 5;
/// So much of a capture stands in the menu, in characters.
const LABEL: usize = 60;

/// All that the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Face {
    language: Language,
    unread: u64,
    line: LineState,
    /// Name and URL of each address that there is.
    addresses: Vec<(String, String)>,
    /// Id and label of the last captures, the newest first.
    last: Vec<(String, String)>,
}

/// Keeps the tray of `app` as things are, until the engine is gone.
pub(crate) async fn run(app: AppHandle, mut heard: Receiver<Event>) {
    let attention = app.state::<Attention>();
    let mut settings = app.state::<Settings>().changes();
    let mut shown = None;
    loop {
        match look(&app).await {
            Ok(face) if shown.as_ref() == Some(&face) => {}
            Ok(face) => {
                shown = Some(face.clone());
                let to = app.clone();
                // The main thread is not waited for: at the end it waits for this task.
                if let Err(error) = app.run_on_main_thread(move || show(&to, &face)) {
                    warn!("the tray could not be changed: {error}");
                }
            }
            Err(error) => warn!("the tray could not look: {error}"),
        }
        sleep(REST).await;
        tokio::select! {
            event = heard.recv() => if matches!(event, Err(RecvError::Closed)) {
                return;
            },
            () = attention.changed() => {}
            Ok(()) = settings.changed() => {}
        }
        heard = heard.resubscribe();
    }
}

async fn look(app: &AppHandle) -> Result<Face, engine::Error> {
    let engine = app.state::<Engine>().inner().clone();
    let language = app.state::<Settings>().now().language;
    let endpoints = engine.endpoints_uncounted().await?;
    let rows = engine.newest_rows(NAMED).await?;
    let mut line = engine.line().await?;
    if let LineState::Connected { heard_at_ms, .. } = &mut line {
        // It changes all the time and is not shown.
        *heard_at_ms = 0;
    }
    Ok(Face {
        language,
        unread: app.state::<Attention>().unread(&engine).await?,
        line,
        addresses: addresses(&endpoints, language),
        last: rows
            .iter()
            .map(|row| (row.id.clone(), label(row, &endpoints, language)))
            .collect(),
    })
}

/// The public addresses, or where there is none that of the receiver on this computer.
fn addresses(endpoints: &[EndpointView], language: Language) -> Vec<(String, String)> {
    let of = |source: Source| {
        let own = endpoints.iter().filter(move |one| one.source == source);
        own.filter(|one| !one.url.is_empty())
            .map(|one| {
                (
                    words::name_of(&one.id, Some(one), language),
                    one.url.clone(),
                )
            })
            .collect::<Vec<_>>()
    };
    let public = of(Source::Relay);
    if public.is_empty() {
        of(Source::Local)
    } else {
        public
    }
}

fn label(row: &CaptureRow, endpoints: &[EndpointView], language: Language) -> String {
    let endpoint = endpoints.iter().find(|one| one.id == row.endpoint);
    let name = words::name_of(&row.endpoint, endpoint, language);
    words::shown(&format!("{name}: {}", words::about(row)), LABEL)
}

/// Puts `face` into the tray; makes the tray when there is none yet.
fn show(app: &AppHandle, face: &Face) {
    let count = (face.unread > 0).then(|| face.unread.to_string());
    let tooltip = format!("Tenterhook: {}", words::line(&face.line, face.language));
    let shown = menu(app, face).and_then(|menu| {
        let tray = match app.tray_by_id(ID) {
            Some(tray) => {
                tray.set_menu(Some(menu))?;
                tray
            }
            None => match make(app, &menu) {
                Some(made) => made?,
                None => return Ok(()),
            },
        };
        tray.set_title(count)?;
        tray.set_tooltip(Some(tooltip))
    });
    if let Err(error) = shown {
        warn!("the tray could not be shown: {error}");
    }
}

/// None where the system has nothing to make it with; that is not tried again.
fn make(app: &AppHandle, menu: &Menu<Wry>) -> Option<tauri::Result<TrayIcon>> {
    if app.state::<NoTray>().0.get().is_some() {
        return None;
    }
    let made = AssertUnwindSafe(|| {
        let mut builder = TrayIconBuilder::with_id(ID)
            .menu(menu)
            .on_menu_event(|app, event| act(app, event.id().as_ref()));
        if let Some(icon) = app.default_window_icon() {
            builder = builder.icon(icon.clone());
        }
        builder.build(app)
    });
    // Where the library of trays is missing, what is below panics.
    let made = catch_unwind(made);
    if made.is_err() {
        let _ = app.state::<NoTray>().0.set(());
    }
    made.ok()
}

/// Set when there is nothing to make a tray with.
#[derive(Debug, Default)]
pub(crate) struct NoTray(std::sync::OnceLock<()>);

fn menu(app: &AppHandle, face: &Face) -> tauri::Result<Menu<Wry>> {
    let words = words::of(face.language);
    let said = |text: &str| MenuItemBuilder::new(plain(text)).enabled(false).build(app);
    let mut menu = MenuBuilder::new(app)
        .item(&said(words::line(&face.line, face.language))?)
        .item(&said(&words::unread(face.unread, face.language))?)
        .separator()
        .text("show", words.open);
    match face.line {
        LineState::Paused => menu = menu.text("resume", words.resume),
        LineState::Unpaired | LineState::Elsewhere => {}
        _ => menu = menu.text("pause", words.pause),
    }
    match &face.addresses[..] {
        [] => {}
        [(_, url)] => menu = menu.text(format!("copy {url}"), words.copy),
        several => {
            let mut submenu = SubmenuBuilder::new(app, words.copy);
            for (name, url) in several {
                submenu = submenu.text(format!("copy {url}"), plain(name));
            }
            menu = menu.item(&submenu.build()?);
        }
    }
    menu = menu.separator();
    for (id, label) in &face.last {
        menu = menu.text(format!("capture {id}"), plain(label));
    }
    if face.last.is_empty() {
        menu = menu.item(&said(words.nothing)?);
    }
    menu.separator().text("quit", words.quit).build()
}

/// `&` marks a key in a menu.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn act(app: &AppHandle, id: &str) {
    match id.split_once(' ').unwrap_or((id, "")) {
        ("show", _) => drop(window::raise(app)),
        ("pause", _) => app.state::<Engine>().pause_line(true),
        ("resume", _) => app.state::<Engine>().pause_line(false),
        ("quit", _) => closing::quit(app),
        ("copy", url) => {
            if let Err(error) = app.state::<Clipboard>().write(url.to_owned()) {
                warn!("the URL could not be copied: {error}");
            }
        }
        ("capture", id) => {
            let capture = id.to_owned();
            News::tell(app, WindowNews::Show { capture });
            window::raise(app);
        }
        _ => {}
    }
}
