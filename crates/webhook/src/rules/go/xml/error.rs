//! What can be wrong with an XML text.

/// Why bytes are no XML document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum XmlError {
    /// There is no element.
    #[error("EOF")]
    Empty,
    /// The document is malformed.
    #[error("xml.Decoder.Token() - XML syntax error on line {line}: {message}")]
    Syntax { line: usize, message: String },
    /// It is announced in a way that is not read.
    #[error("xml.Decoder.Token() - xml: {0}")]
    Announced(String),
}
