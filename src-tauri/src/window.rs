//! The window: what `tauri.conf.json` says of it, and that it shows the page of this program and
//! nothing else.

use engine::Engine;
use tauri::{
    App, AppHandle, Manager, Url, WebviewWindow, WebviewWindowBuilder, webview::NewWindowResponse,
};

use crate::{
    attention::Attention, clipboard::Clipboard, commands, news::News, opened::Opened, place,
    settings::Settings, tray::NoTray,
};

/// What `tauri.conf.json` calls it.
const LABEL: &str = "main";

/// What it is opened with.
pub(crate) struct Opening {
    /// The link that its page is given.
    pub(crate) opened: Opened,
    pub(crate) settings: Settings,
    pub(crate) attention: Attention,
    /// It is not shown yet.
    pub(crate) is_hidden: bool,
}

/// Opens it over `engine`, where it was when it was there last.
///
/// # Errors
/// When the system has no web view, or it fails.
pub(crate) fn open(engine: Engine, opening: Opening) -> tauri::Result<App> {
    let data = engine.data().to_owned();
    let app = tauri::Builder::default()
        .manage(engine)
        .manage(opening.settings)
        .manage(opening.attention)
        .manage(News::default())
        .manage(NoTray::default())
        .manage(Clipboard::default())
        .manage(opening.opened)
        .invoke_handler(commands::handler())
        .build(tauri::generate_context!())?;
    let [main] = &app.config().app.windows[..] else {
        unreachable!("tauri.conf.json, which is compiled in, has one window");
    };
    let window = WebviewWindowBuilder::from_config(&app, main)?
        .visible(false)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    place::restore(&window, &data);
    if !opening.is_hidden {
        window.show()?;
    }
    Ok(app)
}

/// It, while it is there.
pub(crate) fn of(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Takes it from the screen; the program goes on.
pub(crate) fn hide(app: &AppHandle) {
    place::keep(app);
    if let Some(Err(error)) = of(app).map(|window| window.hide()) {
        tracing::warn!("the window could not be hidden: {error}");
    }
    // Not every desktop says so of a window that goes.
    focused(app, false);
}

/// The focus came or went.
pub(crate) fn focused(app: &AppHandle, has_focus: bool) {
    if !app.state::<Attention>().focus(has_focus) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let engine = app.state::<Engine>();
        if let Err(error) = app.state::<Attention>().settle(&engine).await {
            tracing::warn!("what is unread is not known: {error}");
        }
    });
}

/// Puts it before its user again; a desktop that lets no program take the focus marks it instead.
/// The answer is whether it is still there.
pub(crate) fn raise(app: &AppHandle) -> bool {
    let Some(window) = of(app) else {
        return false;
    };
    // What was hidden is placed anew by some desktops.
    if window.is_visible().is_ok_and(|is_visible| !is_visible) {
        place::restore(&window, app.state::<Engine>().data());
    }
    let raised = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!("the window could not be raised: {error}");
    }
    true
}

/// Whether `url` is the page's: as Tauri serves it on Linux and macOS, and on Windows.
fn is_ours(url: &Url) -> bool {
    matches!(
        (url.scheme(), url.host_str()),
        ("tauri", Some("localhost")) | ("http", Some("tauri.localhost"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes_to(url: &str) -> bool {
        is_ours(&url.parse().unwrap())
    }

    #[test]
    fn the_window_shows_its_page_and_nothing_else() {
        assert!(goes_to("tauri://localhost/index.html"));
        assert!(goes_to("http://tauri.localhost/"));
        assert!(!goes_to("https://tauri.localhost.example.org/"));
        assert!(!goes_to("http://127.0.0.1:4747/"));
        assert!(!goes_to("file:///etc/passwd"));
        assert!(!goes_to("data:text/html,<script>alert(1)</script>"));
        assert!(!goes_to("javascript:alert(1)"));
        assert!(!goes_to("about:blank"));
    }
}
