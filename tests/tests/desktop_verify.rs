//! Signatures in the real window: a secret is added in place, what came is judged at once, and a
//! failure is explained.

use tests::{
    program::Relay,
    sender::{github_signature, request, send},
    window::{Desk, PANEL, ROW, TAB},
};

const VALUE: &str = "[role=tabpanel] input[type=password]";

#[test]
fn a_secret_is_added_in_place_and_a_failure_is_explained() {
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    let window = desk.open();
    window.element("header", "Connected");
    let body = b"{\"zen\": \"Design for failure.\"}";
    let signature = github_signature(b"the secret", body);
    let post = |below: &str, body: &[u8]| {
        let headers = [
            ("Content-Type", "application/json"),
            ("X-GitHub-Event", "ping"),
            ("X-Hub-Signature-256", signature.as_str()),
        ];
        let target = format!("{path}{below}");
        let sent = send(relay.address, &request("POST", &target, &headers, body));
        assert_eq!(sent.expect("an answer").status, 200);
    };
    post("/genuine", body);
    window.click(ROW, "/genuine");
    window.click(TAB, "Verify");
    window.element(PANEL, "no secret is set for this sender");
    window.keys(VALUE, "the secret");
    window.click("[role=tabpanel] button", "Keep the secret");
    window.element(PANEL, "Signed as GitHub signs, with the secret “github”.");
    window.element(PANEL, "It vouches for the body.");
    window.element("[role=option] .verdict.good", "");
    window.shot("verify");

    // A line feed that was not signed.
    post("/changed", &[&body[..], b"\n"].concat());
    window.click("button", "1 new");
    window.click(ROW, "/changed");
    window.element("[role=option] .verdict.bad", "");
    window.element(PANEL, "Not a valid signature of GitHub");
    window.click("[role=tabpanel] button", "Find out why");
    window.element(PANEL, "The signature was made with the secret");
    window.shot("doctor");
    window.close();
}
