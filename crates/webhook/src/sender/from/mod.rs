//! Who it may be, one sender or kind of sender a file; senders that differ only in where things
//! stand are rows of a table. Start at [`recognise`].

mod bitbucket;
mod challenge;
mod cloud_events;
mod discord;
mod docker_hub;
mod event_grid;
mod forge;
mod github;
mod gitlab;
mod graph;
mod harbor;
mod linear;
mod nobody;
mod shopify;
mod slack;
mod sns;
mod standard;
mod stripe;
mod table;
#[cfg(test)]
mod tests;
mod twilio;

use crate::sender::{draft::Draft, view::View};

/// Looks for one sender; `None` if it is not theirs.
type Look = fn(&View<'_>) -> Option<Draft>;

/// Headers that only one sender has come first, then what many may send, then the looks of a body.
const LOOKS: [Look; 21] = [
    // Gitea and Forgejo send GitHub's headers too.
    github::gitea,
    github::github,
    gitlab::gitlab,
    bitbucket::bitbucket,
    shopify::shopify,
    linear::linear,
    event_grid::event_grid,
    stripe::stripe,
    slack::slack,
    twilio::twilio,
    discord::discord,
    sns::sns,
    table::by_header,
    challenge::challenge,
    standard::standard,
    cloud_events::binary,
    harbor::harbor,
    docker_hub::docker_hub,
    table::by_body,
    graph::graph,
    cloud_events::bodily,
];

/// What the first who knows it says of `view`.
pub(super) fn recognise(view: &View<'_>) -> Draft {
    LOOKS
        .iter()
        .find_map(|look| look(view))
        .unwrap_or_else(|| nobody::nobody(view))
}
