//! The search itself: one change after another, likeliest first. Start at [`Search::run`].

use std::borrow::Cow;

use crate::verify::{
    claim::Claim,
    doctor::{
        bodies,
        finding::{Difference, Finding, Question},
        keys,
        mend::Area,
        trial::Bench,
        urls,
    },
    request::Request,
    scheme::Scheme,
    secret::Secret,
    senders,
    verdict::Flaw,
};

/// What was found, and the reason that it makes for the verdict.
type Found = (Flaw, Finding);

/// A question, with the secrets to try.
pub(super) struct Search<'a> {
    question: Question<'a>,
    bench: Bench<'a>,
    own: Vec<&'a Secret>,
    all: Vec<&'a Secret>,
}

impl<'a> Search<'a> {
    pub(super) fn new(question: Question<'a>) -> Self {
        let own: Vec<_> = question.keys.secrets.iter().collect();
        Self {
            question,
            bench: Bench::new(question),
            all: own.iter().copied().chain(question.others).collect(),
            own,
        }
    }

    /// Whether something was not tried.
    pub(super) const fn is_cut_short(&self) -> bool {
        self.bench.is_spent()
    }

    /// The first thing that fits.
    pub(super) fn run(&mut self) -> Option<Found> {
        let Question {
            scheme,
            request,
            keys,
            ..
        } = self.question;
        let claim = senders::claim(scheme, request, keys).ok();
        let claim = claim.as_ref();
        let (own, all) = (self.own.clone(), self.all.clone());
        claim
            .and_then(|claim| self.encoding(claim))
            .or_else(|| claim.and_then(|claim| self.other_secret(claim)))
            .or_else(|| claim.and_then(|claim| self.secret_form(claim, &own)))
            .or_else(|| self.body(&own, false))
            .or_else(|| self.url(&own))
            .or_else(|| self.scheme())
            .or_else(|| claim.and_then(|claim| self.secret_form(claim, &all)))
            .or_else(|| self.body(&all, true))
            .or_else(|| self.url(&all))
    }

    /// Who made the signature that is looked for, to begin a sentence with.
    const fn maker(&self) -> &'static str {
        match self.question.computed {
            Some(_) => "Your program made its signature",
            None => "The signature was made",
        }
    }

    /// The right signature in another text.
    fn encoding(&mut self, claim: &Claim<'_>) -> Option<Found> {
        let bench = &mut self.bench;
        self.own
            .iter()
            .find(|secret| bench.fits(claim, secret.value()))?;
        let text = match self.question.computed {
            Some(_) => {
                "Your program computed the right signature: it compares it with something else, \
                 or writes it differently."
            }
            None => {
                "The signature is the right one, but not written as this sender writes it: letter \
                 case, base64 alphabet or padding."
            }
        };
        let flaw = Flaw::Malformed("the signature is right but oddly written".to_owned());
        Some((flaw, Finding::new(Area::Encoding, text.to_owned(), None)))
    }

    fn other_secret(&mut self, claim: &Claim<'_>) -> Option<Found> {
        let bench = &mut self.bench;
        let other = self
            .all
            .iter()
            .find(|secret| bench.fits(claim, secret.value()))?;
        Some(self.wrong_secret(format!("`{}`", other.name())))
    }

    fn secret_form(&mut self, claim: &Claim<'_>, secrets: &[&Secret]) -> Option<Found> {
        let which = secrets.iter().find_map(|secret| {
            let bench = &mut self.bench;
            let forms = keys::forms(secret.value());
            let (how, _) = forms
                .into_iter()
                .find(|(_, key)| bench.fits_key(claim, key))?;
            Some(format!("`{}` {how}", secret.name()))
        })?;
        Some(self.wrong_secret(which))
    }

    fn wrong_secret(&self, which: String) -> Found {
        let text = format!("{} with the secret {which}.", self.maker());
        (
            Flaw::WrongSecret(which),
            Finding::new(Area::Secret, text, None),
        )
    }

    /// What may have been done to the body; with `forms` also to the secret at once.
    fn body(&mut self, secrets: &[&Secret], forms: bool) -> Option<Found> {
        let request = self.question.request;
        if self.bench.is_spent() {
            return None;
        }
        for (how, signed) in bodies::changes(request) {
            if self.bench.is_spent() {
                return None;
            }
            if *signed == *request.body {
                continue;
            }
            let changed = Request {
                body: Cow::Borrowed(&signed),
                ..request.clone()
            };
            if let Some(with) = self.bench.fitting(&changed, secrets, forms) {
                let text = format!("{} {with}for the body {how}.", self.maker());
                let difference = Difference::between(&request.body, &signed);
                let flaw = Flaw::BodyChanged(how.to_owned());
                return Some((flaw, Finding::new(Area::Body, text, difference)));
            }
        }
        None
    }

    /// What may have been done to the URL.
    fn url(&mut self, secrets: &[&Secret]) -> Option<Found> {
        let Question {
            scheme, request, ..
        } = self.question;
        if !scheme.covers_url() || self.bench.is_spent() {
            return None;
        }
        urls::changes(request).into_iter().find_map(|(how, url)| {
            let changed = Request {
                url: Cow::Borrowed(&url),
                ..request.clone()
            };
            let with = self.bench.fitting(&changed, secrets, false)?;
            let text = format!("{} {with}for the URL {url}: {how}.", self.maker());
            let difference = Difference::between(request.url.as_bytes(), url.as_bytes());
            let flaw = Flaw::UrlChanged(how.to_owned());
            Some((flaw, Finding::new(Area::Url, text, difference)))
        })
    }

    /// The schemes of other senders.
    fn scheme(&mut self) -> Option<Found> {
        let Question {
            scheme,
            request,
            keys,
            ..
        } = self.question;
        if self.bench.is_spent() {
            return None;
        }
        let others = Scheme::ALL.into_iter().filter(|other| *other != scheme);
        others.into_iter().find_map(|other| {
            let claim = senders::claim(other, request, keys).ok()?;
            let bench = &mut self.bench;
            let fit = self
                .all
                .iter()
                .find(|secret| bench.fits(&claim, secret.value()))?;
            let (maker, title, name) = (self.maker(), other.title(), fit.name());
            let text = format!("{maker} as {title} does, with the secret `{name}`.");
            let flaw = Flaw::WrongScheme(title.to_owned());
            Some((flaw, Finding::new(Area::Scheme, text, None)))
        })
    }
}
