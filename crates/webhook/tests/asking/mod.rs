//! Requests with a fault, and questions to the doctor.

use webhook::verify::{
    doctor::{Diagnosis, Question, examine, mend::Area},
    request::Request,
    sample::test_event,
    scheme::Scheme,
    secret::{Keys, Secret},
    sign::{Stamp, sign},
};

/// Where all is sent.
pub(crate) const URL: &str = "https://hooks.example.test/in/a?b=2&a=1";

/// What makes the signatures of the tests fresh.
pub(crate) fn stamp() -> Stamp {
    Stamp {
        now_ms: 1_760_000_000_000,
        id: "5f0c7a1e9b3d".to_owned(),
    }
}

/// A test event of `scheme`.
pub(crate) fn event(scheme: Scheme, secret: &str) -> Request<'static> {
    test_event(scheme, URL, &Secret::new("s", secret), &stamp()).unwrap()
}

/// An event of `scheme` with `signed` as its body when it was signed, and `arrived` after.
pub(crate) fn changed(scheme: Scheme, signed: &[u8], arrived: &[u8]) -> Request<'static> {
    let mut before = event(scheme, "s3cret");
    before.body = signed.to_vec().into();
    let mut after = sign(scheme, &before, &Secret::new("s", "s3cret"), &stamp()).unwrap();
    after.body = arrived.to_vec().into();
    after
}

/// What the doctor says of `request`, whose secret should be `own`.
pub(crate) fn ask(
    scheme: Scheme,
    request: &Request<'_>,
    own: &str,
    others: &[Secret],
) -> Diagnosis {
    examine(Question {
        scheme,
        request,
        keys: &Keys::one(Secret::new("mine", own)),
        others,
        age: scheme.age(),
        computed: None,
    })
}

/// Checks the area of the finding and words of its text.
#[track_caller]
pub(crate) fn check(diagnosis: &Diagnosis, area: Area, words: &str) {
    let finding = diagnosis.finding.as_ref().unwrap();
    assert_eq!(finding.area, area, "{diagnosis:#?}");
    assert!(finding.text.contains(words), "{}", finding.text);
    assert!(!finding.mends.is_empty());
    assert!(!diagnosis.verdict.is_valid() && !diagnosis.is_cut_short);
}
