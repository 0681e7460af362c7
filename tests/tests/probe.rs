//! The honest status: "connected" is shown beside a request that went the whole way a moment ago.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::net::SocketAddr;

use engine::{
    Engine, Options, ReceiveAt,
    view::{Event, Leg, Probe},
};
use relay::{Config, Relay};
use tests::{
    program::now_ms,
    sender::{request, send},
    tls::self_signed,
};

/// The first probe of `engine` that is as `wanted`.
async fn probe(engine: &Engine, wanted: impl Fn(&Probe) -> bool) -> Probe {
    let mut events = engine.subscribe();
    loop {
        if let Some(probe) = engine.status().await.unwrap().probe.filter(&wanted) {
            return probe;
        }
        while !matches!(events.recv().await.unwrap(), Event::Status { .. }) {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_goes_the_whole_way_and_is_no_capture() {
    let folder = tempfile::tempdir().unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Relay::start(Config::new(listen, folder.path().join("relay")), now_ms)
        .await
        .unwrap();
    let data = folder.path().join("desktop");
    let engine = Engine::open(Options {
        data,
        clock: now_ms,
        use_keychain: false,
    })
    .unwrap();
    engine
        .pair(&server.invite().await.unwrap().to_string(), "test")
        .await
        .unwrap();
    let (endpoint, _) = engine.new_endpoint(None, None).await.unwrap();
    let path = endpoint.url[endpoint.url.find("/h/").unwrap()..].to_owned();
    let address = server.address();
    let post = |headers: Vec<(&'static str, &'static str)>| {
        let sent = request("POST", &path, &headers, b"");
        tokio::task::spawn_blocking(move || send(address, &sent).unwrap().status)
    };
    // Nobody is there to hear it: whatever it looks like, it is kept.
    let marked = ("Tenterhook-Probe", "00000000000000ff");
    assert_eq!(post(vec![marked]).await.unwrap(), 200);

    engine.start(ReceiveAt::Off).await.unwrap();
    let came = probe(&engine, |probe| probe.failed.is_none()).await;
    assert!(came.took_ms >= 0 && came.at_ms <= now_ms());
    assert_eq!(post(vec![marked]).await.unwrap(), 204);
    assert_eq!(
        post(vec![("Tenterhook-Probe", "nonsense")]).await.unwrap(),
        200
    );
    let mut count = 0;
    while count < 2 {
        count = engine.records_after(0, 10).await.unwrap().len();
        tokio::task::yield_now().await;
    }
    assert_eq!(count, 2, "probes are no captures");
    engine.stop().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_that_fails_says_on_which_part_of_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    // Its owner has told it a public address where nobody answers.
    let nobody = std::net::TcpListener::bind(listen)
        .unwrap()
        .local_addr()
        .unwrap();
    let mut config = Config::new(listen, folder.path().join("relay"));
    config.public_url = Some(format!("http://{nobody}").parse().unwrap());
    let server = Relay::start(config, now_ms).await.unwrap();
    let data = folder.path().join("desktop");
    let engine = Engine::open(Options {
        data,
        clock: now_ms,
        use_keychain: false,
    })
    .unwrap();
    let connect = server.invite().await.unwrap().to_string();
    let reachable = connect.replace(
        &nobody.port().to_string(),
        &server.address().port().to_string(),
    );
    engine.pair(&reachable, "test").await.unwrap();
    engine.new_endpoint(None, None).await.unwrap();
    engine.start(ReceiveAt::Off).await.unwrap();
    let failed = probe(&engine, |_| true).await.failed.unwrap();
    assert_eq!(failed.leg, Leg::Tcp);
    assert!(
        failed.reason.contains(&nobody.to_string()),
        "{}",
        failed.reason
    );
    engine.stop().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_accepts_the_pinned_key() {
    let folder = tempfile::tempdir().unwrap();
    self_signed().write(folder.path());
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut config = Config::new(listen, folder.path().join("relay"));
    config.tls_certificate = Some(folder.path().join("certificate.pem"));
    config.tls_key = Some(folder.path().join("key.pem"));
    let server = Relay::start(config, now_ms).await.unwrap();
    let engine = Engine::open(Options {
        data: folder.path().join("desktop"),
        clock: now_ms,
        use_keychain: false,
    })
    .unwrap();
    let connect = server.invite().await.unwrap().to_string();
    engine.pair(&connect, "test").await.unwrap();
    engine.new_endpoint(None, None).await.unwrap();
    engine.start(ReceiveAt::Off).await.unwrap();
    assert_eq!(probe(&engine, |_| true).await.failed, None);
    engine.stop().await;
    server.stop().await;
}

/// What the window shows, the terminal says too, though it is another program.
#[test]
fn the_terminal_says_how_the_line_of_another_program_is() {
    use tests::program::{Desktop, Relay as Server, wait_for};

    let folder = tempfile::tempdir().unwrap();
    let (relay, desktop) = (Server::start(folder.path()), Desktop::new(folder.path()));
    assert!(desktop.ok(&["status"]).contains("not paired"));
    let path = desktop.pair(&relay);
    let asleep = desktop.ok(&["status"]);
    assert!(asleep.contains("no Tenterhook is running"), "{asleep}");

    let listen = desktop.listen();
    wait_for("the probe", || {
        let status = desktop.ok(&["status"]);
        let came = status.contains("connected to the relay") && status.contains("came back in");
        came.then_some(())
    });
    // An application that is down is a part of the way that fails.
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let target = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    listen.stop();
    let id = path.trim_start_matches("/h/");
    let _ = desktop.ok(&["endpoint", "set", id, "--forward", &target]);
    let listen = desktop.listen();
    wait_for("the failure", || {
        let status = desktop.ok(&["status"]);
        let failed = format!("nothing answers at {target}");
        (status.contains("your application") && status.contains(&failed)).then_some(())
    });
    listen.stop();
    assert!(desktop.ok(&["status"]).contains("no Tenterhook is running"));
}
