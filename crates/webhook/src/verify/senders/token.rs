//! Senders that put the secret itself into a header: it proves who sends, and covers nothing.
//!
//! Sources: <https://docs.gitlab.com/user/project/integrations/webhooks/>,
//! <https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/>

use crate::verify::{
    claim::{Claim, Proof},
    request::Request,
    scheme::Scheme,
    verdict::Flaw,
};

/// The name of the header that holds the secret.
pub(crate) const fn header(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Harbor => "Authorization",
        _ => "X-Gitlab-Token",
    }
}

pub(super) fn claim<'a>(scheme: Scheme, request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    Ok(Claim {
        messages: vec![Vec::new()],
        seen: vec![request.one(header(scheme))?.into()],
        signed_at_ms: None,
        proof: Proof::Token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{check, request};

    #[test]
    fn only_the_whole_secret_is_the_secret() {
        let harbor = |value: &str, want| {
            let request = request(&[("authorization", value)], "{}");
            check(Scheme::Harbor, &request, "Bearer s3cret", want);
        };
        harbor("Bearer s3cret", "ok");
        harbor("Bearer s3cre", "mismatch");
        harbor("Bearer s3crets", "mismatch");
        harbor("bearer s3cret", "mismatch");
        harbor("", "malformed");
        let gitlab = request(&[("X-Gitlab-Token", "any")], "{}");
        check(Scheme::GitLabToken, &gitlab, "", "unknown");
        check(Scheme::GitLabToken, &request(&[], ""), "any", "missing");
    }
}
