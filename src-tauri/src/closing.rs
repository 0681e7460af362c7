//! What closing the window does: it asks once, then hides or ends as its user said.

use engine::view::{OnClose, WindowNews};
use serde::Deserialize;
use tauri::{AppHandle, CloseRequestApi, Manager};

use crate::{attention::Attention, news::News, place, settings::Settings, window};

/// What its user answers to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answer {
    /// The window stays open.
    Stay,
    /// The window is hidden, the program goes on.
    Hide,
    /// The program ends.
    Quit,
}

/// The window is to be closed.
pub(crate) fn request(app: &AppHandle, api: &CloseRequestApi) {
    place::keep(app);
    match app.state::<Settings>().now().on_close {
        OnClose::Quit => {}
        OnClose::Hide => {
            api.prevent_close();
            window::hide(app);
        }
        // Whoever closes it a second time, while it asks, means it; so does a page that hangs not
        // keep the program.
        OnClose::Ask => {
            if !app.state::<Attention>().ask(true) {
                api.prevent_close();
                News::tell(app, WindowNews::Closing);
            }
        }
    }
}

/// Does what its user `answer`s, now and, when that is to be remembered, from now on.
///
/// # Errors
/// When it cannot be remembered; then nothing is done.
pub(crate) fn answer(app: &AppHandle, answer: Answer, remembers: bool) -> std::io::Result<()> {
    app.state::<Attention>().ask(false);
    let on_close = match answer {
        Answer::Stay => return Ok(()),
        Answer::Hide => OnClose::Hide,
        Answer::Quit => OnClose::Quit,
    };
    if remembers {
        Settings::change(app, |now| now.on_close = on_close)?;
    }
    match answer {
        Answer::Hide => window::hide(app),
        _ => quit(app),
    }
    Ok(())
}

/// Ends the program in order.
pub(crate) fn quit(app: &AppHandle) {
    place::keep(app);
    app.exit(0);
}
