//! Bodies of every sort, read as the page reads them, from a real history.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    head::Head,
};

use crate::{
    Engine, Options,
    arrival::Arrival,
    store::captures,
    view::{BodyForm, BodyKind, BodyOf, BodyRef, BodyView, Folds, Source},
};

/// An engine with one capture, and the whole body of that.
async fn with(fields: &[(&str, &str)], body: &[u8]) -> (tempfile::TempDir, Engine, BodyRef) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        data: folder.path().to_owned(),
        clock: || 1,
        use_keychain: false,
    };
    let engine = Engine::open(options).unwrap();
    let fields = fields.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
    let capture = Capture {
        id: CaptureId::new(1, [0; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: 1,
        peer: None,
        head: Head::compose(b"POST", b"/", b"HTTP/1.1", fields).unwrap(),
        body: body.to_vec().into(),
        flaws: Vec::new(),
    };
    let id = capture.id.to_string();
    let arrival = Arrival::new(capture, Source::Local, false);
    let insert = engine
        .database()
        .write(move |db| captures::insert(db, &arrival, 1).map(drop));
    insert.await.unwrap();
    let body = BodyRef {
        of: BodyOf::Capture { id },
        parts: Vec::new(),
        is_as_sent: false,
        is_whole: false,
    };
    (folder, engine, body)
}

async fn view(fields: &[(&str, &str)], body: &[u8]) -> BodyView {
    let (_folder, engine, body) = with(fields, body).await;
    engine.body_view(body).await.unwrap()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

const JSON: (&str, &str) = ("Content-Type", "application/json");
const GZIP: (&str, &str) = ("Content-Encoding", "gzip");

#[tokio::test]
async fn a_packed_body_is_shown_unpacked_and_as_sent_on_demand() {
    let sent = gzip(br#"{"name": "Mei", "ok": true}"#);
    let (_folder, engine, body) = with(&[JSON, GZIP], &sent).await;
    let view = engine.body_view(body.clone()).await.unwrap();
    let coding = view.coding.unwrap();
    assert_eq!((view.kind, view.bytes), (BodyKind::Json, 27));
    assert_eq!(
        (coding.names.as_str(), coding.sent_bytes),
        ("gzip", sent.len())
    );
    assert_eq!((coding.decoded_bytes, coding.is_counted), (27, true));
    let tree = engine
        .tree(body.clone(), Folds::default(), None, 0, 9)
        .await
        .unwrap();
    assert_eq!(tree.rows[1].text, "\"Mei\"");
    let found = engine
        .body_find(body.clone(), BodyForm::Text, "mei")
        .await
        .unwrap();
    assert_eq!(found.total, 1);

    let as_sent = BodyRef {
        is_as_sent: true,
        ..body
    };
    let view = engine.body_view(as_sent.clone()).await.unwrap();
    assert_eq!((view.kind, view.bytes), (BodyKind::Binary, sent.len()));
    let bytes = engine
        .body_bytes(as_sent, BodyForm::Bytes, 0, 99)
        .await
        .unwrap();
    assert_eq!(bytes, sent);
}

#[tokio::test]
async fn a_bomb_is_counted_up_to_a_limit_and_only_its_beginning_is_kept() {
    // 140 MiB of blanks, twice packed: some kilobytes.
    let bomb = gzip(&gzip(&vec![b' '; 140 << 20]));
    assert!(bomb.len() < 40_000, "{}", bomb.len());
    let (_folder, engine, body) = with(&[JSON, ("Content-Encoding", "gzip, gzip")], &bomb).await;
    let first = engine.body_view(body.clone()).await.unwrap();
    let coding = first.coding.unwrap();
    assert_eq!(first.bytes, 32 << 20);
    assert!(coding.decoded_bytes >= 128 << 20 && !coding.is_counted);
    assert!(coding.has_more && coding.problem.is_none());
    let whole = BodyRef {
        is_whole: true,
        ..body
    };
    let most = engine.body_view(whole).await.unwrap();
    assert_eq!(most.bytes, 96 << 20);
    assert!(!most.coding.unwrap().has_more);
}

#[tokio::test]
async fn what_is_broken_or_not_packed_at_all_is_shown_and_said() {
    let sent = gzip(b"a text that breaks off somewhere in its middle");
    let broken = view(&[GZIP], &sent[..sent.len() - 12]).await;
    let coding = broken.coding.unwrap();
    assert!(coding.is_decoded && coding.problem.is_some() && broken.bytes > 0);

    let plain = view(&[JSON, GZIP], b"{\"plain\": true}").await;
    let coding = plain.coding.unwrap();
    assert_eq!((plain.kind, coding.is_decoded), (BodyKind::Json, false));
    assert!(coding.problem.is_some());

    let odd = view(&[JSON, ("Content-Encoding", "odd")], b"[1]").await;
    let problem = odd.coding.unwrap().problem;
    assert_eq!(problem.as_deref(), Some("`odd` is not known here"));
}

#[tokio::test]
async fn a_field_and_a_string_that_hold_json_open_as_bodies_of_their_own() {
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let sent = b"token=a%20b&payload=%7B%22text%22%3A%22%7B%5C%22deep%5C%22%3A1%7D%22%7D";
    let (_folder, engine, body) = with(&[form], sent).await;
    let view = engine.body_view(body.clone()).await.unwrap();
    assert_eq!(view.kind, BodyKind::Form);
    assert_eq!(view.fields[0].value, "a b");
    assert_eq!(view.fields[1].kind, BodyKind::Json);
    let payload = BodyRef {
        parts: vec![1],
        ..body.clone()
    };
    let tree = engine
        .tree(payload, Folds::default(), None, 0, 9)
        .await
        .unwrap();
    assert_eq!(
        (tree.rows[1].path.as_str(), tree.rows[1].holds_json),
        ("$.text", true)
    );
    let inside = BodyRef {
        parts: vec![1, 1],
        ..body.clone()
    };
    let tree = engine
        .tree(inside, Folds::default(), None, 0, 9)
        .await
        .unwrap();
    assert_eq!(
        (tree.rows[1].path.as_str(), tree.rows[1].text.as_str()),
        ("$.deep", "1")
    );
    let whole = BodyRef {
        parts: vec![1, 0],
        ..body.clone()
    };
    let value = engine
        .body_bytes(whole, BodyForm::Pretty, 0, 99)
        .await
        .unwrap();
    assert_eq!(value, b"{\n  \"text\": \"{\\\"deep\\\":1}\"\n}");
    let missing = BodyRef {
        parts: vec![9],
        ..body
    };
    let error = engine.body_view(missing).await.unwrap_err();
    assert_eq!(error.code(), "no_part");
}

#[tokio::test]
async fn parts_pictures_and_tables_are_what_they_say() {
    let kind = ("Content-Type", "multipart/form-data; boundary=B");
    let gif = "GIF89a\u{2}";
    let sent = format!(
        "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--B\r\nContent-Disposition: \
         form-data; name=f; filename=\"a.gif\"\r\nContent-Type: image/gif\r\n\r\n{gif}\r\n--B\r\n\
         Content-Type: text/csv\r\n\r\na,b\n1,2\r\n--B--"
    );
    let (_folder, engine, body) = with(&[kind], sent.as_bytes()).await;
    let view = engine.body_view(body.clone()).await.unwrap();
    let kinds: Vec<_> = view.parts.iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [BodyKind::Text, BodyKind::Image, BodyKind::Csv]);
    assert_eq!(view.parts[1].file_name.as_deref(), Some("a.gif"));
    let part = |at| BodyRef {
        parts: vec![at],
        ..body.clone()
    };
    let picture = engine.body_view(part(1)).await.unwrap().picture.unwrap();
    assert_eq!((picture.media.as_str(), picture.width), ("image/gif", None));
    let table = engine.body_view(part(2)).await.unwrap().table.unwrap();
    assert_eq!((table.rows, table.columns), (2, 2));
    let rows = engine.body_rows(part(2), 1, 9).await.unwrap();
    assert_eq!(rows, [["1", "2"]]);
}

#[tokio::test]
async fn text_is_read_in_its_charset_and_laid_out_on_demand() {
    let xml = ("Content-Type", "text/xml; charset=iso-8859-1");
    let (_folder, engine, body) = with(&[xml], b"<a><b>caf\xe9</b></a>").await;
    let view = engine.body_view(body.clone()).await.unwrap();
    assert_eq!(view.charset.unwrap().name, "windows-1252");
    let pretty = engine
        .text(body.clone(), BodyForm::Pretty, 0, 9)
        .await
        .unwrap();
    assert_eq!(pretty.lines, ["<a>", "  <b>café</b>", "</a>"]);
    let found = engine.body_find(body, BodyForm::Pretty, "É").await.unwrap();
    let place = found.places[0];
    assert_eq!((place.row, place.start, place.end), (1, 8, 9));
}

#[tokio::test]
async fn a_found_node_is_shown_wherever_it_is_folded_away() {
    let sent = br#"{"a": [[1, "needle"], 2], "b": {"c": 3}}"#;
    let (_folder, engine, body) = with(&[JSON], sent).await;
    let found = engine
        .body_find(body.clone(), BodyForm::Tree, "needle")
        .await
        .unwrap();
    let node = found.places[0].row;
    for (folds, is_folded_then) in [
        (
            Folds {
                is_all: true,
                nodes: vec![],
            },
            true,
        ),
        (
            Folds {
                is_all: false,
                nodes: vec![0, 1],
            },
            false,
        ),
    ] {
        let page = engine
            .tree(body.clone(), folds, Some(node), 0, 99)
            .await
            .unwrap();
        let shown = page.shown.unwrap();
        assert_eq!(page.rows[shown.at].node, node);
        assert_eq!(page.rows[shown.at].path, "$.a[0][1]");
        assert_eq!(
            page.rows.last().unwrap().is_folded,
            is_folded_then && page.rows.last().unwrap().children > 0
        );
    }
}

#[tokio::test]
async fn a_tree_gives_each_scalar_as_it_stands_in_the_body() {
    let sent = br#"{"a": "x\u00e9\n", "n": 1e99, "b": [true]}"#;
    let (_folder, engine, body) = with(&[JSON], sent).await;
    let tree = engine
        .tree(body.clone(), Folds::default(), None, 0, 9)
        .await
        .unwrap();
    let texts: Vec<_> = tree.rows.into_iter().map(|row| row.text).collect();
    assert_eq!(texts, ["", r#""x\u00e9\n""#, "1e99", "", "true"]);
    let folds = Folds {
        is_all: false,
        nodes: vec![3],
    };
    assert_eq!(engine.tree(body, folds, None, 0, 9).await.unwrap().total, 4);
}
