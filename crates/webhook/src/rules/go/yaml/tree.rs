//! From the tokens of a YAML text to the tree of its first document. Start at [`build`].

use std::collections::HashMap;

use super::{
    collect::{Items, Members, Sized},
    node::{Content, Document, Node, YamlError, fault},
    scalar::{self, Scalar},
    scan::Scanned,
    token::{Token, TokenKind},
};
use crate::rules::place::Place;

/// Deeper than any hooks file, and shallow enough for every stack.
const MAX_DEPTH: usize = 200;
/// How many nodes aliases may stand for together.
const MAX_ALIASED: usize = 100_000;

/// Builds the first document.
///
/// # Errors
/// When its tokens are in no order, or the text is wrong before it ends.
pub(super) fn build(scanned: Scanned) -> Result<Document, YamlError> {
    let mut builder = Builder {
        scanned,
        next: 0,
        tags: HashMap::new(),
        anchors: HashMap::new(),
        aliased: 0,
    };
    builder.document()
}

struct Builder {
    scanned: Scanned,
    next: usize,
    /// The prefix of each handle.
    tags: HashMap<String, String>,
    /// What each anchor holds, and how many nodes that is. Nothing while it is still being read.
    anchors: HashMap<String, Option<(Node, usize)>>,
    aliased: usize,
}

impl Builder {
    fn peek(&self) -> Result<&Token, YamlError> {
        match &self.scanned.fault {
            Some((at, error)) if *at <= self.next => Err(error.clone()),
            _ => {
                // The last token is never taken.
                let last = self.scanned.tokens.last();
                let token = self.scanned.tokens.get(self.next).or(last);
                Ok(token.expect("a text without a fault ends in a token"))
            }
        }
    }

    fn is_next(&self, kinds: &[TokenKind]) -> Result<bool, YamlError> {
        Ok(kinds.contains(&self.peek()?.kind))
    }

    /// Takes the next token if it is `kind`.
    fn take_if(&mut self, kind: &TokenKind) -> Result<bool, YamlError> {
        let is_it = self.peek()?.kind == *kind;
        self.next += usize::from(is_it);
        Ok(is_it)
    }

    fn unexpected<T>(&self, message: &str) -> Result<T, YamlError> {
        fault(self.peek()?.place, message)
    }

    fn document(&mut self) -> Result<Document, YamlError> {
        if self.is_next(&[TokenKind::StreamEnd])? {
            return Ok(Document {
                root: None,
                ignored: None,
            });
        }
        let has_directives = self.directives()?;
        let is_explicit = self.take_if(&TokenKind::DocumentStart)?;
        if has_directives && !is_explicit {
            return self.unexpected("did not find expected <document start>");
        }
        let is_empty = is_explicit
            && matches!(
                self.peek()?.kind,
                TokenKind::Version(..)
                    | TokenKind::TagDirective(..)
                    | TokenKind::DocumentStart
                    | TokenKind::DocumentEnd
                    | TokenKind::StreamEnd
            );
        let (root, _) = if is_empty {
            self.empty()?
        } else {
            self.node(true, false, 0)?
        };
        self.take_if(&TokenKind::DocumentEnd)?;
        let ignored = self
            .peek()
            .ok()
            .filter(|token| token.kind != TokenKind::StreamEnd);
        Ok(Document {
            root: Some(root),
            ignored: ignored.map(|token| token.place),
        })
    }

    fn directives(&mut self) -> Result<bool, YamlError> {
        let mut has_version = false;
        loop {
            let Token { kind, place } = self.peek()?.clone();
            match kind {
                TokenKind::Version(..) if has_version => {
                    return fault(place, "found duplicate %YAML directive");
                }
                TokenKind::Version(1, 1) => has_version = true,
                TokenKind::Version(..) => return fault(place, "found incompatible YAML document"),
                TokenKind::TagDirective(handle, prefix) => {
                    if self.tags.insert(handle, prefix).is_some() {
                        return fault(place, "found duplicate %TAG directive");
                    }
                }
                _ => break,
            }
            self.next += 1;
        }
        let has_directives = has_version || !self.tags.is_empty();
        for (handle, prefix) in [("!", "!"), ("!!", scalar::CORE)] {
            self.tags
                .entry(handle.to_owned())
                .or_insert_with(|| prefix.to_owned());
        }
        Ok(has_directives)
    }

    /// The node that is not there.
    fn empty(&self) -> Result<Sized, YamlError> {
        let place = self.peek()?.place;
        let content = Content::Scalar(Scalar::Null);
        Ok((Node { place, content }, 1))
    }

    /// Reads a node. In a block it may be a block collection; as the value of a key, a list whose
    /// entries are not indented.
    fn node(&mut self, is_block: bool, may_hang: bool, depth: usize) -> Result<Sized, YamlError> {
        let place = self.peek()?.place;
        if depth > MAX_DEPTH {
            return fault(place, format!("exceeded max depth of {MAX_DEPTH}"));
        }
        if let TokenKind::Alias(name) = &self.peek()?.kind {
            let name = name.clone();
            self.next += 1;
            return self.alias(&name, place);
        }
        let (anchor, tag) = self.properties()?;
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), None);
        }
        let (content, size) =
            self.content(is_block, may_hang, tag.as_deref(), anchor.is_some(), depth)?;
        let node = Node { place, content };
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Some((node.clone(), size)));
        }
        Ok((node, size))
    }

    fn alias(&mut self, name: &str, place: Place) -> Result<Sized, YamlError> {
        let (node, size) = match self.anchors.get(name) {
            Some(Some(known)) => known,
            Some(None) => return fault(place, format!("anchor '{name}' value contains itself")),
            None => return fault(place, format!("unknown anchor '{name}' referenced")),
        };
        self.aliased += size;
        if self.aliased > MAX_ALIASED {
            return fault(place, "document contains excessive aliasing");
        }
        Ok((node.clone(), *size))
    }

    /// Takes an anchor and a tag, in either order.
    fn properties(&mut self) -> Result<(Option<String>, Option<String>), YamlError> {
        let (mut anchor, mut tag) = (None, None);
        loop {
            let Token { kind, place } = self.peek()?.clone();
            match kind {
                TokenKind::Anchor(name) if anchor.is_none() => anchor = Some(name),
                TokenKind::Tag(handle, suffix) if tag.is_none() => {
                    tag = match (handle.as_str(), self.tags.get(&handle)) {
                        ("", _) => Some(suffix),
                        (_, Some(prefix)) => Some(format!("{prefix}{suffix}")),
                        (_, None) => return fault(place, "found undefined tag handle"),
                    };
                }
                _ => return Ok((anchor, tag)),
            }
            self.next += 1;
        }
    }

    fn content(
        &mut self,
        is_block: bool,
        may_hang: bool,
        tag: Option<&str>,
        has_anchor: bool,
        depth: usize,
    ) -> Result<(Content, usize), YamlError> {
        let Token { kind, place } = self.peek()?.clone();
        match kind {
            TokenKind::BlockEntry if may_hang => self.hanging_list(depth),
            TokenKind::Scalar(text, is_plain) => {
                self.next += 1;
                let scalar = if tag.is_none() && !is_plain {
                    Ok(Scalar::Text(text))
                } else {
                    scalar::resolve(&text, tag)
                };
                match scalar {
                    Ok(scalar) => Ok((Content::Scalar(scalar), 1)),
                    Err(message) => fault(place, message),
                }
            }
            TokenKind::FlowSequenceStart => {
                self.next += 1;
                self.flow_list(depth)
            }
            TokenKind::FlowMappingStart => {
                self.next += 1;
                self.flow_map(depth)
            }
            TokenKind::BlockSequenceStart if is_block => {
                self.next += 1;
                self.block_list(depth)
            }
            TokenKind::BlockMappingStart if is_block => {
                self.next += 1;
                self.block_map(depth)
            }
            _ if tag.is_some() || has_anchor => match scalar::resolve("", tag) {
                Ok(scalar) => Ok((Content::Scalar(scalar), 1)),
                Err(message) => fault(place, message),
            },
            _ => fault(place, "did not find expected node content"),
        }
    }

    /// A node, or nothing where one of `ends` comes already.
    fn node_unless(
        &mut self,
        ends: &[TokenKind],
        is_block: bool,
        may_hang: bool,
        depth: usize,
    ) -> Result<Sized, YamlError> {
        if self.is_next(ends)? {
            self.empty()
        } else {
            self.node(is_block, may_hang, depth + 1)
        }
    }

    /// Whether the key that comes is a plain `<<`, which takes in the members of another map.
    fn is_merge(&self) -> Result<bool, YamlError> {
        Ok(matches!(&self.peek()?.kind, TokenKind::Scalar(text, true) if text == "<<"))
    }

    fn block_list(&mut self, depth: usize) -> Result<(Content, usize), YamlError> {
        let mut items = Items::default();
        while self.take_if(&TokenKind::BlockEntry)? {
            let ends = [TokenKind::BlockEntry, TokenKind::BlockEnd];
            items.push(self.node_unless(&ends, true, false, depth)?);
        }
        if !self.take_if(&TokenKind::BlockEnd)? {
            return self.unexpected("did not find expected '-' indicator");
        }
        Ok(items.finish())
    }

    fn hanging_list(&mut self, depth: usize) -> Result<(Content, usize), YamlError> {
        let mut items = Items::default();
        while self.take_if(&TokenKind::BlockEntry)? {
            let ends = [
                TokenKind::BlockEntry,
                TokenKind::Key,
                TokenKind::Value,
                TokenKind::BlockEnd,
            ];
            items.push(self.node_unless(&ends, true, false, depth)?);
        }
        Ok(items.finish())
    }

    fn block_map(&mut self, depth: usize) -> Result<(Content, usize), YamlError> {
        let ends = [TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd];
        let mut members = Members::default();
        while self.take_if(&TokenKind::Key)? {
            let is_merge = self.is_merge()?;
            let key = self.node_unless(&ends, true, true, depth)?;
            let value = if self.take_if(&TokenKind::Value)? {
                self.node_unless(&ends, true, true, depth)?
            } else {
                self.empty()?
            };
            members.push(key, value, is_merge)?;
        }
        if !self.take_if(&TokenKind::BlockEnd)? {
            return self.unexpected("did not find expected key");
        }
        Ok(members.finish())
    }

    fn flow_list(&mut self, depth: usize) -> Result<(Content, usize), YamlError> {
        let ends = [TokenKind::FlowEntry, TokenKind::FlowSequenceEnd];
        let mut items = Items::default();
        while !self.take_if(&TokenKind::FlowSequenceEnd)? {
            if !items.is_empty() {
                if !self.take_if(&TokenKind::FlowEntry)? {
                    return self.unexpected("did not find expected ',' or ']'");
                }
                if self.take_if(&TokenKind::FlowSequenceEnd)? {
                    break;
                }
            }
            let place = self.peek()?.place;
            if !self.take_if(&TokenKind::Key)? {
                items.push(self.node(false, false, depth + 1)?);
                continue;
            }
            // One pair without braces is a map of its own.
            let is_merge = self.is_merge()?;
            let key = if self.is_next(&[
                TokenKind::Value,
                TokenKind::FlowEntry,
                TokenKind::FlowSequenceEnd,
            ])? {
                let empty = self.empty()?;
                self.next += 1;
                empty
            } else {
                self.node(false, false, depth + 1)?
            };
            let value = self.flow_value(&ends, depth)?;
            let mut members = Members::default();
            members.push(key, value, is_merge)?;
            let (content, size) = members.finish();
            items.push((Node { place, content }, size));
        }
        Ok(items.finish())
    }

    fn flow_map(&mut self, depth: usize) -> Result<(Content, usize), YamlError> {
        let ends = [TokenKind::FlowEntry, TokenKind::FlowMappingEnd];
        let mut members = Members::default();
        while !self.take_if(&TokenKind::FlowMappingEnd)? {
            if !members.is_empty() {
                if !self.take_if(&TokenKind::FlowEntry)? {
                    return self.unexpected("did not find expected ',' or '}'");
                }
                if self.take_if(&TokenKind::FlowMappingEnd)? {
                    break;
                }
            }
            if self.take_if(&TokenKind::Key)? {
                let key_ends = [
                    TokenKind::Value,
                    TokenKind::FlowEntry,
                    TokenKind::FlowMappingEnd,
                ];
                let is_merge = self.is_merge()?;
                let key = self.node_unless(&key_ends, false, false, depth)?;
                let value = self.flow_value(&ends, depth)?;
                members.push(key, value, is_merge)?;
            } else {
                let key = self.node(false, false, depth + 1)?;
                let value = self.empty()?;
                members.push(key, value, false)?;
            }
        }
        Ok(members.finish())
    }

    fn flow_value(&mut self, ends: &[TokenKind], depth: usize) -> Result<Sized, YamlError> {
        if self.take_if(&TokenKind::Value)? {
            self.node_unless(ends, false, false, depth)
        } else {
            self.empty()
        }
    }
}
