//! A long history, made quickly: captures such as GitHub and Stripe send, written straight into the
//! engine's tables. Start at [`fill`].

use std::path::Path;

use ::tests::program::now_ms;
use engine::{Engine, Options};
use rusqlite::{Connection, params};
use webhook::capture::CaptureId;

/// The endpoints that the captures came to.
const ENDPOINTS: [&str; 2] = ["github-9f3kq2m7", "stripe-b81x04tz"];
/// From one capture to the next.
const STEP_MS: i64 = 31_000;

/// Puts `count` captures into the history in the folder `data`, the newest received a moment ago.
/// The answer is how many bytes their senders sent.
///
/// # Errors
/// When the history cannot be made or has other tables.
pub(crate) fn fill(data: &Path, count: u32) -> anyhow::Result<u64> {
    // Makes the tables.
    drop(Engine::open(options(data))?);
    let mut history = Connection::open(data.join("history.db"))?;
    let change = history.transaction()?;
    let mut bytes = 0;
    let begun_ms = now_ms() - i64::from(count) * STEP_MS;
    {
        let mut capture = change.prepare(
            "INSERT INTO captures (id, endpoint, is_local, is_held, received_at_ms, stored_at_ms,
                 peer, method, target, content_type, body_bytes, flaws)
             VALUES (?1, ?2, 0, ?3, ?4, ?5, '140.82.115.24:41234', 'POST', ?6, 'application/json',
                 ?7, '')",
        )?;
        let mut content =
            change.prepare("INSERT INTO contents (seq, head, body) VALUES (?1, ?2, ?3)")?;
        for number in 0..count {
            let at_ms = begun_ms + i64::from(number) * STEP_MS;
            let id = CaptureId::new(at_ms, chance(number));
            let is_github = number % 3 != 0;
            let endpoint = ENDPOINTS[usize::from(!is_github)];
            let body = if is_github {
                push(number)
            } else {
                payment(number, at_ms)
            };
            let target = format!("/h/{endpoint}");
            let head = head(&target, is_github, number, body.len());
            capture.execute(params![
                id.to_bytes(),
                endpoint,
                number % 50 == 0,
                at_ms,
                at_ms + 4,
                target,
                body.len()
            ])?;
            bytes += (head.len() + body.len()) as u64;
            content.execute(params![
                change.last_insert_rowid(),
                head.as_bytes(),
                body.as_bytes()
            ])?;
        }
    }
    change.commit()?;
    Ok(bytes)
}

/// With which the history in `data` is opened.
pub(crate) fn options(data: &Path) -> Options {
    Options {
        data: data.to_owned(),
        clock: now_ms,
        use_keychain: false,
    }
}

fn head(target: &str, is_github: bool, number: u32, body_bytes: usize) -> String {
    let own = if is_github {
        format!(
            "User-Agent: GitHub-Hookshot/044aadd\r\nX-GitHub-Delivery: {}\r\nX-GitHub-Event: push\r\n\
             X-GitHub-Hook-ID: 512803117\r\nX-Hub-Signature-256: sha256={}\r\n",
            hexadecimal(number, 32),
            hexadecimal(number ^ 7, 64),
        )
    } else {
        format!(
            "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n\
             Stripe-Signature: t=1760000000,v1={}\r\n",
            hexadecimal(number, 64),
        )
    };
    format!(
        "POST {target} HTTP/1.1\r\nHost: hooks.example.dev\r\nAccept: */*\r\n{own}\
         Content-Type: application/json\r\nContent-Length: {body_bytes}\r\n\r\n"
    )
}

/// A push to a repository, cut down to what its readers look at.
fn push(number: u32) -> String {
    let [before, after] = [number, number + 1].map(|number| hexadecimal(number, 40));
    let author = ["amara", "bjorn", "chidi", "dilnoza", "edith"][number as usize % 5];
    let work = [
        "retry a failed delivery",
        "tell a slow line",
        "修正时区",
        "drop the old path",
    ][number as usize % 4];
    serde_json::json!({
        "ref": format!("refs/heads/topic-{}", number % 97), "before": before, "after": after,
        "repository": {
            "id": 718_201_003, "name": "ledger", "full_name": "example-org/ledger", "private": true,
            "html_url": "https://github.com/example-org/ledger",
            "clone_url": "https://github.com/example-org/ledger.git", "license": "Apache-2.0", "default_branch": "main",
            "language": "Rust", "stargazers_count": number % 1_000, "open_issues": number % 41,
        },
        "pusher": { "name": author, "email": format!("{author}@example.org") },
        "sender": { "login": author, "id": 1_000 + number % 5, "type": "User", "site_admin": false },
        "created": false, "deleted": false, "forced": number.is_multiple_of(29), "base_ref": null,
        "compare": format!("https://github.com/example-org/ledger/compare/{before}...{after}"),
        "commits": [{
            "id": after, "tree_id": hexadecimal(number ^ 9, 40), "distinct": true,
            "message": format!("ledger: {work} (#{number})"),
            "timestamp": "2026-10-14T09:26:53+02:00",
            "url": format!("https://github.com/example-org/ledger/commit/{after}"),
            "author": { "name": author, "email": format!("{author}@example.org"), "username": author },
            "committer": { "name": "GitHub", "email": "noreply@github.com", "username": "web-flow" },
            "added": [format!("src/entry_{}.rs", number % 300)], "removed": [],
            "modified": ["Cargo.lock", "src/lib.rs", "tests/balance.rs"],
        }],
    })
    .to_string()
}

/// A payment that succeeded.
fn payment(number: u32, at_ms: i64) -> String {
    let [event, intent, charge, customer] = [1, 2, 3, 4].map(|part| hexadecimal(number ^ part, 24));
    let amount = 500 + number % 90_000;
    let currency = ["eur", "usd", "cny"][number as usize % 3];
    serde_json::json!({
        "id": format!("evt_{event}"), "object": "event", "api_version": "2026-08-27.basil",
        "created": at_ms / 1_000, "livemode": false, "pending_webhooks": 1,
        "request": { "id": format!("req_{}", hexadecimal(number, 14)), "idempotency_key": hexadecimal(number ^ 5, 32) },
        "type": "payment_intent.succeeded",
        "data": { "object": {
            "id": format!("pi_{intent}"), "object": "payment_intent", "amount": amount,
            "amount_capturable": 0, "amount_details": { "tip": {} }, "amount_received": amount, "application": null,
            "automatic_payment_methods": { "allow_redirects": "always", "enabled": true },
            "canceled_at": null, "cancellation_reason": null, "capture_method": "automatic_async",
            "client_secret": format!("pi_{intent}_secret_{}", hexadecimal(number ^ 6, 25)),
            "confirmation_method": "automatic", "currency": currency,
            "customer": format!("cus_{customer}"), "description": format!("Order {number}"),
            "latest_charge": format!("ch_{charge}"), "livemode": false,
            "metadata": { "order": number.to_string(), "shop": "北京" },
            "payment_method": format!("pm_{}", hexadecimal(number ^ 8, 24)),
            "payment_method_options": {
                "card": { "installments": null, "network": null, "request_three_d_secure": "automatic" },
                "link": { "persistent_token": null },
            },
            "payment_method_types": ["card", "link", "paypal"], "processing": null,
            "receipt_email": format!("customer{}@example.com", number % 10_000),
            "setup_future_usage": null, "shipping": null, "status": "succeeded",
            "statement_descriptor_suffix": "LEDGER", "transfer_group": null,
        } },
    })
    .to_string()
}

/// The part of an id that is made by chance.
fn chance(number: u32) -> [u8; 10] {
    let mut chance = [0; 10];
    chance[2..].copy_from_slice(&mixed(number).to_be_bytes());
    chance
}

fn hexadecimal(number: u32, digits: usize) -> String {
    let mut text = String::with_capacity(digits + 16);
    let mut state = number;
    while text.len() < digits {
        text.push_str(&format!("{:016x}", mixed(state)));
        state = state.wrapping_add(0x9e37_79b9);
    }
    text.truncate(digits);
    text
}

/// Spreads a number over 64 bits; different numbers give different ones (`SplitMix64`, whose last
/// step this is, by Sebastiano Vigna: <https://prng.di.unimi.it/splitmix64.c>).
fn mixed(number: u32) -> u64 {
    let z = u64::from(number).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_engine_reads_what_was_made_as_if_it_had_arrived() {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), 30).unwrap();
        let engine = Engine::open(options(folder.path())).unwrap();
        let all = engine.records_after(0, 100).await.unwrap();
        assert_eq!(all.len(), 30);
        for (_, record) in &all {
            assert!(record.flaws.is_empty());
            assert!(
                (1_200..1_700).contains(&record.body_bytes),
                "{}",
                record.body_bytes
            );
        }
        let sizes: usize = all.iter().map(|(_, record)| record.body_bytes).sum();
        assert!((1_300..1_500).contains(&(sizes / 30)), "{}", sizes / 30);
        assert!(all.is_sorted_by_key(|(_, record)| record.received_at.clone()));
    }

    #[test]
    fn no_two_bodies_are_alike() {
        let bodies = (0..500).flat_map(|number| [push(number), payment(number, 0)]);
        let all: std::collections::HashSet<_> = bodies.collect();
        assert_eq!(all.len(), 1_000);
    }
}
