//! A YAML 1.1 text as tokens. A key is known as one only when its `:` comes, so its token is put in
//! before what was already scanned. Start at [`scan`].

use super::{
    cursor::{Cursor, is_blank, is_blank_or_end, is_break},
    node::YamlError,
    text,
    token::{Token, TokenKind},
};
use crate::rules::place::Place;

/// The tokens of a text up to its end, or up to what is wrong with it.
pub(super) struct Scanned {
    pub(super) tokens: Vec<Token>,
    /// What is wrong, and how many tokens can be read before it is met.
    pub(super) fault: Option<(usize, YamlError)>,
}

/// Scans the whole of `text`.
pub(super) fn scan(text: &str) -> Scanned {
    let mut scanner = Scanner {
        cursor: Cursor::new(text),
        tokens: Vec::new(),
        indents: Vec::new(),
        keys: vec![None],
        is_key_allowed: true,
    };
    let fault = loop {
        match scanner.step() {
            Ok(false) => {}
            Ok(true) => break None,
            Err(error) => {
                // What could still become a key is not handed out before that is decided.
                let open = scanner
                    .keys
                    .iter()
                    .flatten()
                    .filter(|key| key.is_required || !scanner.is_stale(key));
                let first = open.map(|key| key.token).min();
                break Some((first.unwrap_or(scanner.tokens.len()), error));
            }
        }
    };
    let tokens = scanner.tokens;
    Scanned { tokens, fault }
}

/// How far, in characters, a key may be from its `:`.
const MAX_KEY: usize = 1024;

/// Something that becomes a key if a `:` follows it on its line.
#[derive(Clone, Copy)]
struct PossibleKey {
    /// Whether nothing else can stand here.
    is_required: bool,
    token: usize,
    at: usize,
    column: usize,
    place: Place,
}

pub(super) struct Scanner {
    pub(super) cursor: Cursor,
    tokens: Vec<Token>,
    /// The columns of the block collections that are open.
    indents: Vec<usize>,
    /// For the block context, and for each open flow collection.
    keys: Vec<Option<PossibleKey>>,
    pub(super) is_key_allowed: bool,
}

impl Scanner {
    /// Scans one token, and says whether it was the last.
    fn step(&mut self) -> Result<bool, YamlError> {
        self.skip_to_token();
        self.close_blocks(Some(self.cursor.column));
        let char = self.cursor.peek();
        let is_flow = self.is_flow();
        let stands_alone = is_blank_or_end(self.cursor.peek_at(1));
        match char {
            '\0' => {
                self.close_blocks(None);
                self.drop_key()?;
                self.push(TokenKind::StreamEnd);
                return Ok(true);
            }
            '%' if self.cursor.column == 0 => self.directive()?,
            '-' | '.' if self.cursor.is_document_mark(char) => {
                self.close_blocks(None);
                self.drop_key()?;
                self.is_key_allowed = false;
                let kind = if char == '-' {
                    TokenKind::DocumentStart
                } else {
                    TokenKind::DocumentEnd
                };
                self.push(kind);
                self.cursor.skip(3);
            }
            '[' => self.open_flow(TokenKind::FlowSequenceStart)?,
            '{' => self.open_flow(TokenKind::FlowMappingStart)?,
            ']' => self.close_flow(TokenKind::FlowSequenceEnd)?,
            '}' => self.close_flow(TokenKind::FlowMappingEnd)?,
            ',' => {
                self.drop_key()?;
                self.is_key_allowed = true;
                self.indicator(TokenKind::FlowEntry);
            }
            '-' if stands_alone => self.block_entry()?,
            '?' if is_flow || stands_alone => self.explicit_key()?,
            ':' if is_flow || stands_alone => self.value()?,
            '*' | '&' => self.anchor(char)?,
            '!' => self.tag()?,
            '|' | '>' if !is_flow => {
                self.drop_key()?;
                self.is_key_allowed = true;
                let place = self.cursor.place();
                let text = text::block(&mut self.cursor, self.indents.last().copied())?;
                self.push_at(place, TokenKind::Scalar(text, false));
            }
            '\'' | '"' => {
                self.keep_key()?;
                self.is_key_allowed = false;
                let place = self.cursor.place();
                let text = text::quoted(&mut self.cursor)?;
                self.push_at(place, TokenKind::Scalar(text, false));
            }
            _ if self.starts_plain(char) => {
                self.keep_key()?;
                self.is_key_allowed = false;
                let place = self.cursor.place();
                let (text, ended_line) =
                    text::plain(&mut self.cursor, self.indents.last().copied(), is_flow)?;
                self.is_key_allowed |= ended_line;
                self.push_at(place, TokenKind::Scalar(text, true));
            }
            _ => {
                return self
                    .cursor
                    .fault("found character that cannot start any token");
            }
        }
        Ok(false)
    }

    fn starts_plain(&self, char: char) -> bool {
        match char {
            '-' => !is_blank(self.cursor.peek_at(1)),
            '?' | ':' => !self.is_flow() && !is_blank_or_end(self.cursor.peek_at(1)),
            ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`' => false,
            _ => !is_blank_or_end(char),
        }
    }

    const fn is_flow(&self) -> bool {
        self.keys.len() > 1
    }

    fn push(&mut self, kind: TokenKind) {
        self.push_at(self.cursor.place(), kind);
    }

    pub(super) fn push_at(&mut self, place: Place, kind: TokenKind) {
        self.tokens.push(Token { kind, place });
    }

    /// Pushes the token of one character.
    fn indicator(&mut self, kind: TokenKind) {
        self.push(kind);
        self.cursor.skip(1);
    }

    fn skip_to_token(&mut self) {
        loop {
            if self.cursor.column == 0 && self.cursor.peek() == '\u{feff}' {
                self.cursor.skip(1);
            }
            // Where a key may stand, tabs would be indentation, which they cannot be.
            let are_tabs_blank = self.is_flow() || !self.is_key_allowed;
            while self.cursor.peek() == ' ' || (are_tabs_blank && self.cursor.peek() == '\t') {
                self.cursor.skip(1);
            }
            self.cursor.skip_comment();
            if !is_break(self.cursor.peek()) {
                return;
            }
            self.cursor.take_break();
            if !self.is_flow() {
                self.is_key_allowed = true;
            }
        }
    }

    /// Opens a block collection at `column` if none is that deep yet.
    fn open_block(&mut self, column: usize, token: usize, place: Place, kind: TokenKind) {
        if !self.is_flow() && self.indents.last().is_none_or(|indent| *indent < column) {
            self.indents.push(column);
            self.tokens.insert(token, Token { kind, place });
        }
    }

    /// Closes the block collections deeper than `column`, or all.
    pub(super) fn close_blocks(&mut self, column: Option<usize>) {
        let is_deeper = |indent: &usize| column.is_none_or(|column| *indent > column);
        while !self.is_flow() && self.indents.last().is_some_and(is_deeper) {
            self.indents.pop();
            self.push(TokenKind::BlockEnd);
        }
    }

    fn is_stale(&self, key: &PossibleKey) -> bool {
        key.place.line < self.cursor.line || key.at + MAX_KEY < self.cursor.at
    }

    /// Remembers that what comes now may be a key.
    pub(super) fn keep_key(&mut self) -> Result<(), YamlError> {
        if !self.is_key_allowed {
            return Ok(());
        }
        self.drop_key()?;
        let column = self.cursor.column;
        let key = PossibleKey {
            is_required: !self.is_flow() && self.indents.last() == Some(&column),
            token: self.tokens.len(),
            at: self.cursor.at,
            column,
            place: self.cursor.place(),
        };
        if let Some(last) = self.keys.last_mut() {
            *last = Some(key);
        }
        Ok(())
    }

    /// Gives up on what might have been a key.
    pub(super) fn drop_key(&mut self) -> Result<(), YamlError> {
        let Some(last) = self.keys.last_mut() else {
            return Ok(());
        };
        match last {
            Some(key) if key.is_required => Err(missing_colon(key)),
            _ => {
                *last = None;
                Ok(())
            }
        }
    }

    fn open_flow(&mut self, kind: TokenKind) -> Result<(), YamlError> {
        self.keep_key()?;
        self.keys.push(None);
        self.is_key_allowed = true;
        self.indicator(kind);
        Ok(())
    }

    fn close_flow(&mut self, kind: TokenKind) -> Result<(), YamlError> {
        self.drop_key()?;
        if self.is_flow() {
            self.keys.pop();
        }
        self.is_key_allowed = false;
        self.indicator(kind);
        Ok(())
    }

    fn block_entry(&mut self) -> Result<(), YamlError> {
        if !self.is_flow() {
            if !self.is_key_allowed {
                return self
                    .cursor
                    .fault("block sequence entries are not allowed in this context");
            }
            let (column, place) = (self.cursor.column, self.cursor.place());
            self.open_block(
                column,
                self.tokens.len(),
                place,
                TokenKind::BlockSequenceStart,
            );
        }
        self.drop_key()?;
        self.is_key_allowed = true;
        self.indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn explicit_key(&mut self) -> Result<(), YamlError> {
        if !self.is_flow() {
            if !self.is_key_allowed {
                return self
                    .cursor
                    .fault("mapping keys are not allowed in this context");
            }
            let (column, place) = (self.cursor.column, self.cursor.place());
            self.open_block(
                column,
                self.tokens.len(),
                place,
                TokenKind::BlockMappingStart,
            );
        }
        self.drop_key()?;
        self.is_key_allowed = !self.is_flow();
        self.indicator(TokenKind::Key);
        Ok(())
    }

    fn value(&mut self) -> Result<(), YamlError> {
        let key = self.keys.last().copied().flatten();
        match key.filter(|key| !self.is_stale(key)) {
            Some(key) => {
                let (kind, place) = (TokenKind::Key, key.place);
                self.tokens.insert(key.token, Token { kind, place });
                self.open_block(key.column, key.token, place, TokenKind::BlockMappingStart);
                if let Some(last) = self.keys.last_mut() {
                    *last = None;
                }
                self.is_key_allowed = false;
            }
            None => {
                if let Some(key) = key.filter(|key| key.is_required) {
                    return Err(missing_colon(&key));
                }
                if !self.is_flow() {
                    if !self.is_key_allowed {
                        return self
                            .cursor
                            .fault("mapping values are not allowed in this context");
                    }
                    let (column, place) = (self.cursor.column, self.cursor.place());
                    self.open_block(
                        column,
                        self.tokens.len(),
                        place,
                        TokenKind::BlockMappingStart,
                    );
                }
                self.is_key_allowed = !self.is_flow();
            }
        }
        self.indicator(TokenKind::Value);
        Ok(())
    }
}

fn missing_colon(key: &PossibleKey) -> YamlError {
    YamlError {
        place: key.place,
        message: "could not find expected ':'".to_owned(),
    }
}
