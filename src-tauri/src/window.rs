//! The window: what `tauri.conf.json` says of it, and that it shows the page of this program and
//! nothing else.

use engine::Engine;
use tauri::{App, Url, WebviewWindowBuilder, webview::NewWindowResponse};

use crate::{clipboard::Clipboard, commands};

/// Opens it over `engine`.
///
/// # Errors
/// When the system has no web view, or it fails.
pub(crate) fn open(engine: Engine) -> tauri::Result<App> {
    let app = tauri::Builder::default()
        .manage(engine)
        .manage(Clipboard::default())
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
