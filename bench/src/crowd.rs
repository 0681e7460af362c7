//! Crowds that want nothing: ten thousand idle connections, and a thousand desktops that wait. What
//! they cost the relay in memory, and what a sender beside them waits. Start at [`measure`].

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use ::tests::{
    line::Line,
    program::now_ms,
    sender::{request, whole},
};
use anyhow::Context;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    runtime::{self, Runtime},
};
use wire::key::DeviceKey;

use crate::{
    load,
    product::Product,
    report::{Figure, Part, note},
    usage,
};

const CONNECTIONS: u16 = 10_000;
const DESKTOPS: usize = 1_000;
/// From so many addresses of the loopback network the connections come.
const ADDRESSES: u16 = 20;
const SENDERS: usize = 8;
const LASTING: Duration = Duration::from_secs(5);
/// More than a desktop's sockets and files.
const FILES: u64 = 2 * CONNECTIONS as u64 + 4_000;

/// Takes the figures of both crowds.
///
/// # Errors
/// When the system gives too few sockets, or the relay turns somebody away.
pub(crate) fn measure(data: &Path) -> anyhow::Result<Vec<Figure>> {
    // Programs that are started from here have the same limit.
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, FILES.min(most), most)?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut figures = Vec::new();
    for (who, has_asked) in [("that said nothing", false), ("kept alive", true)] {
        note(&format!("{CONNECTIONS} connections {who}"));
        let product = Product::start(data)?;
        let alone = p99_ms(&product)?;
        let idle = runtime.block_on(idle(product.relay.address, has_asked))?;
        let all = format!("{CONNECTIONS} connections {who}");
        figures.extend(beside(&product, &all, alone)?);
        drop(idle);
    }
    note(&format!("{DESKTOPS} desktops that wait"));
    let product = Product::start(data)?;
    let alone = p99_ms(&product)?;
    let lines = desktops(&product, &runtime)?;
    figures.extend(beside(
        &product,
        &format!("{DESKTOPS} desktops that wait"),
        alone,
    )?);
    drop(lines);
    Ok(figures)
}

/// What the relay holds, and what a sender waits, while `who` is there.
fn beside(product: &Product, who: &str, alone_ms: f64) -> anyhow::Result<[Figure; 3]> {
    let figure = |what, value, unit| Figure {
        part: Part::Crowd,
        what,
        value,
        unit,
    };
    let idle = usage::memory_of_tree(product.relay.running.pid())?;
    let crowded_ms = p99_ms(product)?;
    Ok([
        figure(format!("relay with {who}, resident"), idle.rss_mib, "MiB"),
        figure(
            format!("{SENDERS} senders, slowest of a hundred answers, alone"),
            alone_ms,
            "ms",
        ),
        figure(format!("the same beside {who}"), crowded_ms, "ms"),
    ])
}

fn p99_ms(product: &Product) -> anyhow::Result<f64> {
    let load = load::run(product.relay.address, &product.post(1024), SENDERS, LASTING)?;
    Ok(load.quantile_ms(0.99))
}

/// Connections that say no more, each after one request if `has_asked`.
async fn idle(relay: SocketAddr, has_asked: bool) -> anyhow::Result<Vec<TcpStream>> {
    let mut idle = Vec::new();
    for number in 0..CONNECTIONS {
        let socket = TcpSocket::new_v4()?;
        let host = u8::try_from(2 + number % ADDRESSES)?;
        socket.bind((Ipv4Addr::new(127, 0, 0, host), 0).into())?;
        let mut stream = socket.connect(relay).await?;
        if has_asked {
            stream
                .write_all(&request("GET", "/nobody", &[], b""))
                .await?;
            let mut answer = [0; 1024];
            let read = stream.read(&mut answer).await?;
            let is_answer = answer[..read].starts_with(b"HTTP/1.1 404");
            anyhow::ensure!(is_answer, "the relay answers otherwise");
        }
        idle.push(stream);
    }
    Ok(idle)
}

/// Desktops that have paired and said hello, each a device of its own.
fn desktops(product: &Product, runtime: &Runtime) -> anyhow::Result<Vec<Line>> {
    let relay = product.relay.address;
    let admin = relay::Admin::open(&product.folder().join("relay"))?;
    let url: wire::connect::RelayUrl = format!("http://{relay}").parse()?;
    let key = DeviceKey::generate().public();
    let mut lines = Vec::new();
    for _ in 0..DESKTOPS {
        let connect = admin.invite(url.clone(), None, now_ms(), 3_600_000);
        let connect = runtime.block_on(connect)?;
        let body = serde_json::json!({
            "invite": connect.invite.reveal(),
            "device_name": "one of many",
            "public_key": key.to_string(),
        });
        let headers = [
            ("Content-Type", "application/json"),
            ("Connection", "close"),
        ];
        let answer = whole(
            relay,
            &request("POST", "/api/pair", &headers, body.to_string().as_bytes()),
        )?;
        let (_, json) = answer
            .split_once("\r\n\r\n")
            .context("an answer has a body")?;
        let paired: serde_json::Value = serde_json::from_str(json)?;
        let token = paired["token"].as_str().context("the relay pairs")?;
        lines.push(runtime.block_on(Line::ready(relay, token)));
    }
    Ok(lines)
}
