//! The verbs on signatures: the secrets of endpoints, what a capture's signature proved and why it
//! failed, and signing. Start at [`Engine::verification`].

use std::{sync::Arc, time::Instant};

use webhook::{
    capture::{Capture, CaptureId},
    escape,
    verify::{
        self,
        doctor::{self, Question, mend::Area},
        request::Request,
        sample,
        scheme::Scheme,
        secret::{self as keys, Keys},
        sign::{SignError, Stamp},
    },
};

use crate::{
    client,
    engine::{Engine, Error},
    judge::{self, Reading},
    secrets::Secret,
    store::{
        captures, pairing,
        secrets::{self, Signing},
    },
    vault::{Key, Ring, value_name},
    view::{
        DiagnosisView, DifferenceView, FindingView, MendView, SchemeView, SecretView, SignedHeader,
        StepsView, VerdictView, VerificationView,
    },
};

/// The longest name of a secret, in characters.
const NAME_CHARS: usize = 80;

/// Why nothing was done about a signature.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// The endpoint has a secret of that name.
    #[error("the endpoint has a secret `{0}` already: choose another name")]
    NameTaken(String),
    /// A name is empty, too long or not printable.
    #[error("a secret's name has 1 to {NAME_CHARS} characters, none of them a control character")]
    NameInvalid,
    /// A value is empty.
    #[error("a secret is not empty")]
    Empty,
    /// There is no such secret.
    #[error("there is no secret `{0}`: see `tenterhook secret ls`")]
    NoSecret(String),
    /// Nobody signs in this way.
    #[error("`{0}` is not a way to sign that is known here")]
    NoScheme(String),
    /// A header without a scheme.
    #[error("say how what stands in the header is made: choose a scheme")]
    HeaderAlone,
    /// The sender makes the secret, or nobody does.
    #[error("a secret for {0} is made by the sender: copy it from there")]
    NotMadeHere(&'static str),
    /// What was to be signed cannot be.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The endpoint has no address to send to.
    #[error("the endpoint has no address now: is the receiver running?")]
    NoAddress,
}

/// A secret as its owner describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSecret {
    /// What to call it; none: after its scheme.
    pub name: Option<String>,
    /// How it signs, by the scheme's name; none: as the sender does who is recognised.
    pub scheme: Option<String>,
    /// Where the signature stands, if not where the scheme has it.
    pub header: Option<String>,
}

/// A test event, and what it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentTest {
    /// The status of the answer.
    pub status: u16,
    /// The name of the secret that it was signed with; none: one that was made up.
    pub secret: Option<String>,
}

impl Engine {
    /// The signing secrets of `endpoint`, without their values, those that are not old first.
    ///
    /// # Errors
    /// When there is no such endpoint or the history cannot be read.
    pub async fn signing_secrets(&self, endpoint: &str) -> Result<Vec<SecretView>, Error> {
        let endpoint = self.endpoint_id(endpoint).await?;
        let all = self.database().read(secrets::all).await?;
        let own = all.into_iter().filter(|one| one.endpoint == endpoint);
        Ok(own.map(secret_view).collect())
    }

    /// Adds a secret to `endpoint`; without a `value` one is made, which comes along this once.
    /// What came before is judged again.
    ///
    /// # Errors
    /// When there is no such endpoint, the endpoint has one of that name, the scheme is not known or
    /// its secrets are not made here, or the secret cannot be kept.
    pub async fn add_signing_secret(
        &self,
        endpoint: &str,
        new: NewSecret,
        value: Option<Secret>,
    ) -> Result<(SecretView, Option<Secret>), Error> {
        let endpoint = self.endpoint_id(endpoint).await?;
        let known = new.scheme.as_deref().map(scheme_named).transpose()?;
        let header = new.header.map(|header| header.trim().to_owned());
        let header = header.filter(|header| !header.is_empty());
        if header.is_some() && known.is_none() {
            return Err(SignatureError::HeaderAlone.into());
        }
        let all = self.database().read(secrets::all).await?;
        let is_taken = |name: &str| {
            let is_it = |one: &Signing| one.endpoint == endpoint && one.name == name;
            all.iter().any(is_it)
        };
        let name = match new.name.as_deref().map(str::trim) {
            Some(name) => checked(name)?.to_owned(),
            None => free_name(known.map_or("secret", Scheme::name), is_taken),
        };
        if is_taken(&name) {
            return Err(SignatureError::NameTaken(name).into());
        }
        let (kept, made) = match value {
            Some(value) if value.reveal().is_empty() => return Err(SignatureError::Empty.into()),
            Some(value) => (value, None),
            None => {
                let title = known.map_or("this sender", Scheme::title);
                let made = keys::fresh(known, &rand::random())
                    .ok_or(SignatureError::NotMadeHere(title))?;
                let made = Secret::new(made.as_str());
                (made.clone(), Some(made))
            }
        };
        let number = self.database().write(secrets::take_number).await?;
        // Its value first: who reads of the secret finds it.
        self.keep(value_name(number), kept).await?;
        let signing = Signing {
            number,
            endpoint,
            name,
            scheme: known,
            header,
            is_old: false,
            made_at_ms: self.now_ms(),
        };
        let row = signing.clone();
        let is_added = self
            .database()
            .write(move |db| secrets::insert(db, &row))
            .await?;
        if !is_added {
            self.forget(number).await?;
            return Err(SignatureError::NameTaken(signing.name).into());
        }
        self.has_changed();
        Ok((secret_view(signing), made))
    }

    /// Says of a secret of `endpoint`, by its name, that another has taken its place, or no longer.
    /// It counts all the same, for a sender may use it for a while.
    ///
    /// # Errors
    /// When there is no such secret or the history cannot be written.
    pub async fn retire_signing_secret(
        &self,
        endpoint: &str,
        name: &str,
        is_old: bool,
    ) -> Result<(), Error> {
        let number = self.signing(endpoint, name).await?.number;
        self.database()
            .write(move |db| secrets::set_old(db, number, is_old))
            .await?;
        self.has_changed();
        Ok(())
    }

    /// Removes a secret of `endpoint`, by its name; what it proved is judged again without it.
    ///
    /// # Errors
    /// When there is no such secret or the history cannot be written.
    pub async fn remove_signing_secret(&self, endpoint: &str, name: &str) -> Result<(), Error> {
        let number = self.signing(endpoint, name).await?.number;
        self.database()
            .write(move |db| secrets::remove(db, number))
            .await?;
        self.has_changed();
        self.forget(number).await
    }

    /// Judges what has no verdict yet, here and now; a program that runs does so by itself.
    ///
    /// # Errors
    /// When the history cannot be read or written.
    pub async fn judge_all(&self) -> Result<(), Error> {
        Ok(self.verifier().catch_up().await?)
    }

    /// What there is to say about the signature of the capture `id`; with `secret`, of that secret
    /// of its endpoint alone.
    ///
    /// # Errors
    /// When there is no such capture or secret, or the history cannot be read.
    pub async fn verification(
        &self,
        id: &str,
        secret: Option<&str>,
    ) -> Result<VerificationView, Error> {
        let (capture, ring) = self.at_hand(id).await?;
        let endpoint = capture.endpoint.to_string();
        let secrets = self.signing_secrets_of(&endpoint).await?;
        let keys = chosen(ring.keys(&endpoint), secret)?;
        let looking = tokio::task::spawn_blocking(move || {
            let url = ring.url(&capture);
            let request = Request::of(&capture, &url);
            verification(&request, &keys, secrets)
        });
        Ok(looking.await.map_err(|_| sqlite::Error::Closed)?)
    }

    /// Bytes of what was signed of the capture `id`, as [`Self::verification`] has it.
    ///
    /// # Errors
    /// When there is no such capture or the history cannot be read.
    pub async fn signed_bytes(
        &self,
        id: &str,
        from: usize,
        count: usize,
    ) -> Result<Vec<u8>, Error> {
        let (capture, ring) = self.at_hand(id).await?;
        let cutting = tokio::task::spawn_blocking(move || {
            let url = ring.url(&capture);
            let request = Request::of(&capture, &url);
            let best = judge::best(&request, ring.keys(capture.endpoint.as_str()));
            let signed = best.and_then(|(reading, _)| {
                let request = reading.of(&request);
                let (scheme, keys) = (reading.scheme, &reading.keys);
                verify::explain(scheme, &request, keys, scheme.age()).1
            });
            let signed = signed.map(|steps| steps.signed).unwrap_or_default();
            let end = from.saturating_add(count).min(signed.len());
            signed.get(from..end).unwrap_or_default().to_vec()
        });
        Ok(cutting.await.map_err(|_| sqlite::Error::Closed)?)
    }

    /// Looks for why the signature of the capture `id` fails: what would have matched. `computed` is
    /// the signature that the user's own program came to, where it is that which differs.
    ///
    /// # Errors
    /// When there is no such capture or the history cannot be read.
    pub async fn diagnose(
        &self,
        id: &str,
        computed: Option<String>,
    ) -> Result<DiagnosisView, Error> {
        let (capture, ring) = self.at_hand(id).await?;
        let looking = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            let url = ring.url(&capture);
            let request = Request::of(&capture, &url);
            let endpoint = capture.endpoint.as_str();
            let keys = ring.keys(endpoint);
            let found = judge::best(&request, keys).map(|(reading, _)| {
                let own = keys.iter().map(|key| key.secret.clone());
                let others: Vec<_> = own.chain(ring.others(endpoint)).collect();
                doctor::examine(Question {
                    scheme: reading.scheme,
                    request: &reading.of(&request),
                    keys: &reading.keys,
                    others: &others,
                    age: reading.scheme.age(),
                    computed: computed.as_deref(),
                })
            });
            DiagnosisView {
                is_cut_short: found.as_ref().is_some_and(|found| found.is_cut_short),
                finding: found.and_then(|found| found.finding).map(finding_view),
                took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            }
        });
        Ok(looking.await.map_err(|_| sqlite::Error::Closed)?)
    }

    /// `request` as `scheme`'s sender would send it now, signed with `value`; or, without one, with
    /// the secret of `endpoint` that is called `name`.
    ///
    /// # Errors
    /// When there is no such secret, or it cannot sign, or the request is none that is signed so.
    pub async fn sign(
        &self,
        scheme: &str,
        request: &Request<'_>,
        endpoint: &str,
        name: &str,
        value: Option<&Secret>,
    ) -> Result<Request<'static>, Error> {
        let scheme = scheme_named(scheme)?;
        let secret = match value {
            Some(value) => keys::Secret::new(name, value.reveal()),
            None => {
                let endpoint = self.endpoint_id(endpoint).await?;
                let ring = self.vault().refresh(self.database()).await?;
                let found = chosen(ring.keys(&endpoint), Some(name))?;
                found[0].secret.clone()
            }
        };
        let signed = verify::sign::sign(scheme, request, &secret, &self.stamp());
        Ok(signed.map_err(SignatureError::from)?)
    }

    /// The whole capture `id`, and the public URL that its sender called.
    ///
    /// # Errors
    /// When there is no such capture or the history cannot be read.
    pub async fn sent_to(&self, id: &str) -> Result<(Capture, String), Error> {
        let (capture, ring) = self.at_hand(id).await?;
        let url = ring.url(&capture);
        Ok((capture, url))
    }

    /// Sends a realistic test event of the sender of `scheme` to `endpoint`, at its own address, as
    /// the sender would: signed with the secret that the endpoint has for it, or else with one that
    /// is made up.
    ///
    /// # Errors
    /// When there is no such endpoint or scheme, it cannot be signed, or the address is not reached.
    pub async fn send_test_event(&self, endpoint: &str, scheme: &str) -> Result<SentTest, Error> {
        let scheme = scheme_named(scheme)?;
        let id = self.endpoint_id(endpoint).await?;
        let read =
            |db: &sqlite::rusqlite::Connection| Ok((pairing::read(db)?, pairing::endpoints(db)?));
        let (pairing, endpoints) = self.database().read(read).await?;
        let url = if id == "local" {
            Some(format!("http://{}/", self.receives_at()))
        } else {
            let own = endpoints.into_iter().find(|one| one.id == id);
            own.map(|one| one.url)
        };
        let url = url.ok_or(SignatureError::NoAddress)?;
        let ring = self.vault().refresh(self.database()).await?;
        let fits = |key: &&Key| key.scheme.is_none_or(|own| own == scheme);
        let key = ring.keys(&id).iter().find(fits);
        let secret = match key {
            Some(key) => key.secret.clone(),
            None => {
                let made = keys::fresh(Some(scheme), &rand::random());
                let value = made.as_ref().map_or("", |made| made.as_str());
                keys::Secret::new("a test", value)
            }
        };
        let event = sample::test_event(scheme, &url, &secret, &self.stamp());
        let event = event.map_err(SignatureError::from)?;
        let pin = pairing
            .and_then(|pairing| pairing.pin)
            .filter(|_| id != "local");
        let status = client::send(&event, pin)
            .await
            .map_err(client::CallError::from)?;
        Ok(SentTest {
            status,
            secret: key.map(|key| key.secret.name().to_owned()),
        })
    }

    fn stamp(&self) -> Stamp {
        let id = CaptureId::new(self.now_ms(), rand::random());
        Stamp {
            now_ms: self.now_ms(),
            id: id.to_string(),
        }
    }

    async fn at_hand(&self, id: &str) -> Result<(Capture, Arc<Ring>), Error> {
        let known: CaptureId = id.parse()?;
        let found = self.database().read(move |db| captures::by_id(db, known));
        let found = found
            .await?
            .ok_or_else(|| Error::NoCapture(id.to_owned()))?;
        let ring = self.vault().refresh(self.database()).await?;
        Ok((found.capture, ring))
    }

    async fn signing_secrets_of(&self, endpoint: &str) -> Result<Vec<SecretView>, Error> {
        let all = self.database().read(secrets::all).await?;
        let own = all.into_iter().filter(|one| one.endpoint == endpoint);
        Ok(own.map(secret_view).collect())
    }

    async fn signing(&self, endpoint: &str, name: &str) -> Result<Signing, Error> {
        let endpoint = self.endpoint_id(endpoint).await?;
        let all = self.database().read(secrets::all).await?;
        let is_it = |one: &Signing| one.endpoint == endpoint && one.name == name;
        let found = all.into_iter().find(is_it);
        Ok(found.ok_or_else(|| SignatureError::NoSecret(name.to_owned()))?)
    }

    async fn forget(&self, number: i64) -> Result<(), Error> {
        let secrets = Arc::clone(self.secrets());
        let forget = tokio::task::spawn_blocking(move || secrets.forget(&value_name(number)));
        Ok(forget.await.map_err(|_| sqlite::Error::Closed)??)
    }
}

fn scheme_named(name: &str) -> Result<Scheme, SignatureError> {
    Scheme::from_name(name).ok_or_else(|| SignatureError::NoScheme(name.to_owned()))
}

fn checked(name: &str) -> Result<&str, SignatureError> {
    let is_long = name.is_empty() || name.chars().count() > NAME_CHARS;
    if is_long || name.chars().any(char::is_control) {
        return Err(SignatureError::NameInvalid);
    }
    Ok(name)
}

fn free_name(first: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{first} {number}"));
    let mut names = [first.to_owned()].into_iter().chain(numbered);
    names
        .find(|name| !is_taken(name))
        .expect("there are more numbers than secrets")
}

/// All of `keys`, or the one called `name` alone.
fn chosen(keys: &[Key], name: Option<&str>) -> Result<Vec<Key>, SignatureError> {
    let Some(name) = name else {
        return Ok(keys.to_vec());
    };
    let found = keys.iter().find(|key| key.secret.name() == name);
    let found = found.ok_or_else(|| SignatureError::NoSecret(name.to_owned()))?;
    Ok(vec![found.clone()])
}

fn verification(request: &Request<'_>, keys: &[Key], secrets: Vec<SecretView>) -> VerificationView {
    let guesses = judge::shown(request).into_iter().map(SchemeView::from);
    let schemes = Scheme::ALL.into_iter().map(SchemeView::from);
    let best = judge::best(request, keys).map(|(reading, _)| reading);
    let mut view = VerificationView {
        scheme: best.as_ref().map(|reading| reading.scheme.into()),
        verdict: judge::judge(request, keys).map(|judged| VerdictView {
            reason: judged.reason.to_owned(),
            scheme: judged.scheme.title().to_owned(),
            covers: (judged.reason == "ok").then(|| judged.scheme.covers().to_owned()),
            secret: judged.secret,
            why: judged.why,
        }),
        headers: Vec::new(),
        steps: None,
        most_age_s: None,
        secrets,
        guesses: guesses.collect(),
        schemes: schemes.collect(),
    };
    if let Some(reading) = best {
        let names = verify::headers(reading.scheme);
        let signed_header = |(at, name): (usize, &&str)| {
            let own = reading.header.as_deref().filter(|_| at == 0);
            let name = own.unwrap_or(name);
            let shown = |value: &[u8]| escape::for_display(value).0;
            SignedHeader {
                name: name.to_owned(),
                values: request.all(name).map(shown).collect(),
                is_secret: matches!(reading.scheme, Scheme::GitLabToken | Scheme::Harbor),
            }
        };
        view.headers = names.iter().enumerate().map(signed_header).collect();
        view.most_age_s = reading.scheme.age().past_s;
        view.steps = steps(&reading, request);
    }
    view
}

fn steps(reading: &Reading, request: &Request<'_>) -> Option<StepsView> {
    let request = reading.of(request);
    let (scheme, keys): (Scheme, &Keys) = (reading.scheme, &reading.keys);
    let (verdict, steps) = verify::explain(scheme, &request, keys, scheme.age());
    let steps = steps?;
    let shown = |text: &String| escape::for_display(text.as_bytes()).0;
    let seen: Vec<_> = steps.seen.iter().map(shown).collect();
    let expected = steps.expected.filter(|_| !steps.key.is_empty());
    // Where any of several fits, they do not differ.
    let differs = expected
        .as_ref()
        .zip(seen.first())
        .filter(|(expected, _)| !seen.contains(expected) && !verdict.is_valid());
    let differ_at = differs.map(|(expected, seen)| {
        let both = expected.chars().zip(seen.chars());
        both.take_while(|(a, b)| a == b).count()
    });
    Some(StepsView {
        signed_at_ms: steps.signed_at_ms,
        signed_bytes: steps.signed.len(),
        key: steps.key,
        expected,
        seen,
        differ_at,
    })
}

fn secret_view(signing: Signing) -> SecretView {
    SecretView {
        number: signing.number,
        name: signing.name,
        scheme: signing.scheme.map(SchemeView::from),
        header: signing.header,
        is_old: signing.is_old,
        made_at_ms: signing.made_at_ms,
    }
}

fn finding_view(finding: doctor::Finding) -> FindingView {
    let shown = |bytes: &[u8]| escape::for_display(bytes).0;
    let area = match finding.area {
        Area::Body => "body",
        Area::Url => "url",
        Area::Secret => "secret",
        Area::Scheme => "scheme",
        Area::Encoding => "encoding",
        Area::Time => "time",
        Area::Header => "header",
    };
    let mend = |mend: &doctor::mend::Mend| MendView {
        framework: mend.framework.to_owned(),
        text: mend.text.to_owned(),
    };
    FindingView {
        area: area.to_owned(),
        text: shown(finding.text.as_bytes()),
        difference: finding.difference.map(|one| DifferenceView {
            at: one.at,
            arrived: shown(&one.arrived),
            signed: shown(&one.signed),
        }),
        mends: finding.mends.iter().map(mend).collect(),
    }
}
