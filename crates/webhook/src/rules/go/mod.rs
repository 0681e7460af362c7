//! What the hooks file's original inherits from Go and its libraries: how they read YAML, JSON, XML,
//! forms, patterns and addresses. Each file is held to what Go 1.19 itself answers.

pub(crate) mod address;
pub(crate) mod date;
pub(crate) mod header;
pub(crate) mod json;
pub(crate) mod media;
pub(crate) mod multipart;
pub(crate) mod number;
pub(crate) mod regexp;
pub(crate) mod sniff;
pub(crate) mod text;
pub(crate) mod url;
pub(crate) mod xml;
pub(crate) mod yaml;
