//! Signatures as faces show them: the verdict in a row, its steps, what the doctor found, and the
//! secrets by their names.

use serde::Serialize;
use ts_rs::TS;
use webhook::verify::scheme::Scheme;

/// What a signature proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VerdictView {
    /// `ok`, `unknown`, `unsigned`, or in a word why it is not valid.
    pub reason: String,
    /// As whose it was judged, for people.
    pub scheme: String,
    /// The name of the secret that it was made with.
    pub secret: Option<String>,
    /// What it vouches for, when it is valid; the rest may be forged.
    pub covers: Option<String>,
    /// Why it proves nothing.
    pub why: Option<String>,
}

/// A way in which senders sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SchemeView {
    /// Its name among machines, such as `github`.
    pub id: String,
    /// Its name among people.
    pub title: String,
    /// A secret for it can be made here.
    pub is_made_here: bool,
}

/// A signing secret of an endpoint, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SecretView {
    /// Its number; no other secret ever has it.
    #[ts(type = "number")]
    pub number: i64,
    /// What its owner calls it.
    pub name: String,
    /// How it signs; none: as the sender does who is recognised.
    pub scheme: Option<SchemeView>,
    /// Where the signature stands, if not where the scheme has it.
    pub header: Option<String>,
    /// Another one has taken its place, and it still counts.
    pub is_old: bool,
    /// When it was added: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub made_at_ms: i64,
}

/// A secret that was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MadeSecret {
    /// The secret.
    pub secret: SecretView,
    /// Its value where it was made here, to be given to the sender; shown this once.
    pub value: Option<String>,
}

/// What there is to say about a capture's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VerificationView {
    /// As which it was judged.
    pub scheme: Option<SchemeView>,
    /// What it proved; none where there is nothing to judge.
    pub verdict: Option<VerdictView>,
    /// The headers that the scheme reads; none where it reads the body.
    pub headers: Vec<SignedHeader>,
    /// What was done to come to the verdict, as far as it went.
    pub steps: Option<StepsView>,
    /// How old it may be, in seconds; none: of any age.
    #[ts(type = "number | null")]
    pub most_age_s: Option<i64>,
    /// The endpoint's secrets, those that are not old first.
    pub secrets: Vec<SecretView>,
    /// The schemes that it shows signs of, the likeliest first.
    pub guesses: Vec<SchemeView>,
    /// All schemes.
    pub schemes: Vec<SchemeView>,
}

/// A header that a scheme reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignedHeader {
    /// As the sender's documents spell it.
    pub name: String,
    /// Its values, what does not print escaped; several are one too many.
    pub values: Vec<String>,
    /// The value is the secret itself.
    pub is_secret: bool,
}

/// What was checked, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StepsView {
    /// When it says that it was signed: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub signed_at_ms: Option<i64>,
    /// Bytes of what is signed; the secret is left out where it is among them.
    #[ts(type = "number")]
    pub signed_bytes: usize,
    /// The name of the secret that fits, or else of the first that was tried.
    pub key: String,
    /// The signature that it makes; none where only the sender can make one.
    pub expected: Option<String>,
    /// The signatures in the request.
    pub seen: Vec<String>,
    /// How many characters of the first one seen are as expected, where they differ.
    pub differ_at: Option<usize>,
}

/// What the doctor found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DiagnosisView {
    /// What would have matched; none where nothing was found.
    pub finding: Option<FindingView>,
    /// Not all was tried, for the body is long.
    pub is_cut_short: bool,
    /// How long it took.
    #[ts(type = "number")]
    pub took_ms: u64,
}

/// One thing that would have matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FindingView {
    /// What it is about: `body`, `url`, `secret`, `scheme`, `encoding`, `time` or `header`.
    pub area: String,
    /// What was found, in one sentence.
    pub text: String,
    /// Where what was signed differs from what arrived.
    pub difference: Option<DifferenceView>,
    /// What to do about it, for each framework or for all.
    pub mends: Vec<MendView>,
}

/// The first place where what was signed differs from what arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DifferenceView {
    /// How many bytes are the same before it.
    #[ts(type = "number")]
    pub at: usize,
    /// What arrived around it, escaped.
    pub arrived: String,
    /// What was signed around it, escaped.
    pub signed: String,
}

/// What to do, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MendView {
    /// The framework; `Any` where it is the same in all.
    pub framework: String,
    /// One sentence.
    pub text: String,
}

impl From<Scheme> for SchemeView {
    fn from(scheme: Scheme) -> Self {
        Self {
            id: scheme.name().to_owned(),
            title: scheme.title().to_owned(),
            is_made_here: webhook::verify::secret::fresh(Some(scheme), &[0; 32]).is_some(),
        }
    }
}
