//! What stands outside the page, in the page's language: the tray's menu and the notifications.
//! Whatever a stranger wrote in it is made safe to look at here.

use engine::view::{CaptureRow, EndpointView, Language, LineState};
use webhook::escape;

use crate::notify::Told;

/// So much of a notification's body is shown, in characters.
const BODY: usize = 200;
/// So much of a name.
const NAME: usize = 40;

/// The words of one language that stand for themselves.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) show: &'static str,
    pub(crate) replay: &'static str,
    pub(crate) mute: &'static str,
    pub(crate) open: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) quit: &'static str,
}

const EN: Words = Words {
    show: "Show",
    replay: "Replay",
    mute: "Mute 1 h",
    open: "Show Tenterhook",
    pause: "Pause the line (webhooks wait on the relay)",
    resume: "Resume the line",
    copy: "Copy URL",
    nothing: "No webhook yet",
    quit: "Quit",
};

const ZH: Words = Words {
    show: "查看",
    replay: "重放",
    mute: "静音 1 小时",
    open: "显示 Tenterhook",
    pause: "暂停连接（webhook 在中继上等待）",
    resume: "恢复连接",
    copy: "复制网址",
    nothing: "尚无 webhook",
    quit: "退出",
};

/// Those of `language`.
pub(crate) const fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Zh => &ZH,
    }
}

/// What an endpoint is called.
pub(crate) fn name_of(id: &str, endpoint: Option<&EndpointView>, language: Language) -> String {
    if id == "local" {
        let name = match language {
            Language::En => "Local receiver",
            Language::Zh => "本地接收器",
        };
        return name.to_owned();
    }
    let name = endpoint.map_or("", |endpoint| &endpoint.name);
    shown(if name.is_empty() { id } else { name }, NAME)
}

/// How many came, and how many of them failed.
pub(crate) fn title(name: &str, told: &Told, language: Language) -> String {
    let (count, failed) = (told.count, told.failed);
    match (language, count, failed) {
        (Language::En, 0, _) => format!("{name}: {failed} failed"),
        (Language::En, 1, 0) => format!("{name}: 1 webhook"),
        (Language::En, _, 0) => format!("{name}: {count} webhooks"),
        (Language::En, 1, _) => format!("{name}: 1 webhook, {failed} failed"),
        (Language::En, ..) => format!("{name}: {count} webhooks, {failed} failed"),
        (Language::Zh, 0, _) => format!("{name}：{failed} 条失败"),
        (Language::Zh, _, 0) => format!("{name}：{count} 条 webhook"),
        (Language::Zh, ..) => format!("{name}：{count} 条 webhook，{failed} 条失败"),
    }
}

/// What the named capture is about and, when it failed, how.
pub(crate) fn body(told: &Told, language: Language) -> String {
    let how = (told.failed > 0).then(|| failure(told, language));
    let about = about(&told.newest);
    let parts: Vec<String> = how.into_iter().chain([about]).collect();
    shown(&parts.join(" · "), BODY)
}

fn failure(told: &Told, language: Language) -> String {
    let status = told.newest.delivery.and_then(|last| last.status);
    match (language, told.fell_back, status) {
        (Language::En, true, _) => "too late for its sender".to_owned(),
        (Language::En, false, Some(status)) => format!("answered {status}"),
        (Language::En, false, None) => "no answer".to_owned(),
        (Language::Zh, true, _) => "应答太迟，发送方得到备用应答".to_owned(),
        (Language::Zh, false, Some(status)) => format!("应答 {status}"),
        (Language::Zh, false, None) => "没有应答".to_owned(),
    }
}

/// Sender, event and summary of a capture; where none is known, its request line.
pub(crate) fn about(row: &CaptureRow) -> String {
    let sender = row.sender.as_ref().map(|sender| sender.name.as_str());
    let event = row.event.as_deref();
    // A summary may begin with the event.
    let is_said = |event: &&str| {
        row.summary
            .as_ref()
            .is_some_and(|said| said.starts_with(event))
    };
    let event = event.filter(|event| !is_said(event));
    let known = [sender, event, row.summary.as_deref()];
    let known: Vec<&str> = known.into_iter().flatten().collect();
    match known.is_empty() {
        true => format!("{} {}", row.method, row.target),
        false => known.join(" · "),
    }
}

/// How the line is.
pub(crate) fn line(line: &LineState, language: Language) -> &'static str {
    match (language, line) {
        (Language::En, LineState::Unpaired) => "Not paired",
        (Language::En, LineState::Connecting) => "Connecting",
        (Language::En, LineState::Connected { .. }) => "Connected",
        (Language::En, LineState::Waiting { .. }) => "Reconnecting",
        (Language::En, LineState::Stopped { .. }) => "Not connected",
        (Language::En, LineState::Elsewhere) => "Held elsewhere",
        (Language::En, LineState::Paused) => "Paused: webhooks wait on the relay",
        (Language::Zh, LineState::Unpaired) => "未配对",
        (Language::Zh, LineState::Connecting) => "正在连接",
        (Language::Zh, LineState::Connected { .. }) => "已连接",
        (Language::Zh, LineState::Waiting { .. }) => "正在重连",
        (Language::Zh, LineState::Stopped { .. }) => "未连接",
        (Language::Zh, LineState::Elsewhere) => "由别处占用",
        (Language::Zh, LineState::Paused) => "已暂停：webhook 在中继上等待",
    }
}

/// How many came while nobody looked.
pub(crate) fn unread(count: u64, language: Language) -> String {
    match (language, count) {
        (Language::En, 0) => "Nothing new".to_owned(),
        (Language::En, count) => format!("{count} new"),
        (Language::Zh, 0) => "没有新的".to_owned(),
        (Language::Zh, count) => format!("{count} 条新的"),
    }
}

/// `text` on one line, nothing in it that steers or hides, at most `limit` characters.
pub(crate) fn shown(text: &str, limit: usize) -> String {
    let (text, _) = escape::for_display(text.as_bytes());
    if text.chars().count() <= limit {
        return text;
    }
    text.chars().take(limit - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_neither_steers_nor_runs_on() {
        assert_eq!(shown("a\u{202e}b\nc\u{1b}", 50), "a\\u{202e}b\\nc\\u{1b}");
        assert_eq!(shown(&"x".repeat(500), BODY).chars().count(), BODY);
        assert!(shown(&"x".repeat(500), BODY).ends_with('…'));
        assert_eq!(shown("größe 中文", 50), "größe 中文");
    }
}
