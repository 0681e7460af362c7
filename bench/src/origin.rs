//! What the relay is compared with: a local program that reads a request's body and answers 200,
//! on hyper alone. It keeps nothing.

use std::{convert::Infallible, io::Write, net::SocketAddr};

use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, runtime::Runtime, task::JoinSet};

/// Says where it listens and serves until it is killed.
///
/// # Errors
/// When no port can be had, or nobody reads where it listens.
pub(crate) fn serve() -> anyhow::Result<()> {
    Runtime::new()?.block_on(async {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        writeln!(
            std::io::stdout(),
            "{}",
            serde_json::json!({ "address": address })
        )?;
        let mut connections = JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = service_fn(answer);
            connections
                .spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            while connections.try_join_next().is_some() {}
        }
    })
}

async fn answer(request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    // One that hangs up halfway is told nothing anyway.
    let _ = request.into_body().collect().await;
    Ok(Response::new(Empty::new()))
}
