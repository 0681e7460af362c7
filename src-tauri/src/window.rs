//! The window: what `tauri.conf.json` says of it, and that it shows the page of this program and
//! nothing else.

use engine::Engine;
use tauri::{App, AppHandle, Manager, Url, WebviewWindowBuilder, webview::NewWindowResponse};

use crate::{clipboard::Clipboard, commands, opened::Opened};

/// What `tauri.conf.json` calls it.
const LABEL: &str = "main";

/// Opens it over `engine`; its page is given the link of `opened`.
///
/// # Errors
/// When the system has no web view, or it fails.
pub(crate) fn open(engine: Engine, opened: Opened) -> tauri::Result<App> {
    let app = tauri::Builder::default()
        .manage(engine)
        .manage(Clipboard::default())
        .manage(opened)
        .invoke_handler(commands::handler())
        .build(tauri::generate_context!())?;
    let [main] = &app.config().app.windows[..] else {
        unreachable!("tauri.conf.json, which is compiled in, has one window");
    };
    WebviewWindowBuilder::from_config(&app, main)?
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(app)
}

/// Puts it before its user again; a desktop that lets no program take the focus marks it instead.
/// The answer is whether it is still there.
pub(crate) fn raise(app: &AppHandle) -> bool {
    let Some(window) = app.get_webview_window(LABEL) else {
        return false;
    };
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
