//! Keys of each sender's kind, made for the tests.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::AsDer,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use webhook::verify::{
    scheme::Scheme,
    secret::{Keys, Secret},
    sign::Stamp,
};

/// Where all is sent.
pub(crate) const URL: &str = "https://hooks.example.test/in/7Qk?shop=acme&n=1";

/// What makes the signatures of the tests fresh.
pub(crate) fn stamp() -> Stamp {
    Stamp {
        now_ms: 1_760_000_000_123,
        id: "5f0c7a1e9b3d4c2a8e6f1b0d7c9a3e5f".to_owned(),
    }
}

/// What signs, and what that is verified with.
pub(crate) struct Pair {
    /// With what a sender signs.
    pub(crate) signing: Secret,
    /// With what a receiver verifies.
    pub(crate) verifying: Keys,
}

impl Pair {
    fn of(signing: impl Into<Vec<u8>>, verifying: impl Into<Vec<u8>>) -> Self {
        Self {
            signing: Secret::new("signing", signing),
            verifying: Keys::one(Secret::new("verifying", verifying)),
        }
    }
}

/// A pair of the kind that `scheme` takes, made of `seed`.
pub(crate) fn pair(scheme: Scheme, seed: &[u8; 32]) -> Pair {
    let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    let ed25519 = || Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
    match scheme {
        Scheme::StandardWebhooks | Scheme::Svix | Scheme::GitLabSigning => {
            let secret = format!("whsec_{}", STANDARD.encode(seed));
            Pair::of(secret.clone(), secret)
        }
        Scheme::StandardWebhooksV1a => Pair::of(
            format!("whsk_{}", STANDARD.encode(seed)),
            format!("whpk_{}", STANDARD.encode(ed25519().public_key())),
        ),
        Scheme::Discord => {
            let public = ed25519().public_key().as_ref().to_vec();
            let public: String = public.iter().map(|byte| format!("{byte:02x}")).collect();
            Pair::of(pem(ed25519().to_pkcs8().unwrap().as_ref()), public)
        }
        Scheme::SendGrid => {
            let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
            let public = key.public_key().as_der().unwrap();
            Pair::of(
                pem(key.to_pkcs8v1().unwrap().as_ref()),
                STANDARD.encode(public.as_ref()),
            )
        }
        Scheme::AwsSns => {
            let mut pair = Pair::of(RSA.key_pem.clone(), "");
            pair.verifying.certificates = [(SNS_URL.to_owned(), RSA.chain_pem.clone())].into();
            pair
        }
        Scheme::PayPal => {
            let mut pair = Pair::of(format!("WH-1\n{}", RSA.key_pem), "WH-1");
            pair.verifying.certificates = [(PAYPAL_URL.to_owned(), RSA.chain_pem.clone())].into();
            pair.verifying.roots = vec![RSA.root_pem.clone()];
            pair
        }
        _ => Pair::of(hex.clone(), hex),
    }
}

const SNS_URL: &str = concat!(
    "https://sns.eu-central-1.amazonaws.com/",
    "SimpleNotificationService-0000000000000000000000000000test.pem"
);
/// Where the test events say that `PayPal`'s certificate is.
pub(crate) const PAYPAL_URL: &str =
    "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-test";

fn pem(pkcs8: &[u8]) -> String {
    let base64 = STANDARD.encode(pkcs8);
    format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")
}

/// A root, and a certificate under it for a host of `PayPal`'s.
pub(crate) struct Rsa {
    /// The certificate's private key.
    pub(crate) key_pem: String,
    /// The certificate.
    pub(crate) chain_pem: Vec<u8>,
    /// The root.
    pub(crate) root_pem: Vec<u8>,
}

static RSA: LazyLock<Rsa> = LazyLock::new(|| issue("messageverificationcerts.paypal.com"));

/// A root, and a certificate for `name` under it.
pub(crate) fn issue(name: &str) -> Rsa {
    let params = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = rcgen::date_time_ymd(2025, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 1, 1);
        params
    };
    let mut root = params("A root of the tests");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let leaf = params(name).signed_by(&key, &root).unwrap();
    Rsa {
        key_pem: key.serialize_pem(),
        chain_pem: leaf.pem().into_bytes(),
        root_pem: root.pem().into_bytes(),
    }
}
