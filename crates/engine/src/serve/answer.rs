//! What a request gets: routed by its head, judged by its hook, answered. Start at [`answer`].

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response as HttpResponse},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use listener::{Received, Refusal, Tasks};
use tokio::{sync::oneshot, task::spawn_blocking};
use webhook::{
    head::Head,
    rules::{
        command::CommandPlan,
        evaluate::{Context, Evaluation, Reply},
        hook::{Hook, ResponseHeader},
        request::{RequestView, remote_addr},
        response::{AfterCommand, CommandEnd, Response},
    },
};

use crate::{
    Clock,
    runner::Runner,
    serve::{
        access, command, dump,
        hooks::Hooks,
        log::{Log, RequestLog},
        route::{self, Route},
    },
};

/// What every request needs.
pub(super) struct Server {
    pub(super) hooks: Arc<Hooks>,
    pub(super) router: route::Router,
    pub(super) runner: Runner,
    /// Who owns the commands: one outlives the request that it was started by.
    pub(super) commands: Arc<Tasks>,
    pub(super) log: Log,
    pub(super) clock: Clock,
    pub(super) headers: Vec<ResponseHeader>,
    pub(super) http_methods: Vec<String>,
    pub(super) multipart_memory_bytes: u64,
    /// How much of `X-Request-Id` names a request; none to take nothing of it.
    pub(super) request_id_bytes: Option<usize>,
    pub(super) is_debug: bool,
    /// Whether senders have no address: they come by a Unix socket.
    pub(super) is_local: bool,
}

impl Server {
    pub(super) fn router(self) -> Router {
        Router::new().fallback(answer).with_state(Arc::new(self))
    }

    fn log_of(&self, head: &Head) -> RequestLog {
        let told = self.request_id_bytes.and_then(|limit| {
            let id = head.first("x-request-id").filter(|id| !id.is_empty())?;
            Some(String::from_utf8_lossy(&id[..id.len().min(limit)]).into_owned())
        });
        let id = told.unwrap_or_else(|| format!("{:06x}", rand::random::<u32>() >> 8));
        self.log.of_request(&id)
    }

    fn context(&self) -> Context {
        Context {
            http_methods: self.http_methods.clone(),
            headers: self.headers.clone(),
            multipart_memory_bytes: self.multipart_memory_bytes,
            ..Context::new((self.clock)())
        }
    }
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> HttpResponse {
    let begun = Instant::now();
    let Some((head, _)) = Received::peek(&request) else {
        return Refusal::Unserved.into_response();
    };
    let head = head.clone();
    let id = match server.router.route(head.method(), head.target()) {
        Route::Root => None,
        Route::Hook(id) => Some(id),
        Route::Nothing => return not_found(),
        Route::Moved(to) => return moved(&to),
        Route::Options => return StatusCode::OK.into_response(),
        Route::Malformed => return malformed(),
    };
    let log = server.log_of(&head);
    let exchange = Exchange {
        server: &server,
        log: &log,
        head: &head,
    };
    let response = match exchange.respond(id, request).await {
        Ok(response) => response,
        Err(refusal) => return refusal.into_response(),
    };
    exchange.conclude(&response, begun);
    into_http(response)
}

/// One request on its way.
struct Exchange<'a> {
    server: &'a Arc<Server>,
    log: &'a RequestLog,
    head: &'a Head,
}

impl Exchange<'_> {
    async fn respond(&self, id: Option<Vec<u8>>, request: Request) -> Result<Response, Refusal> {
        let server = self.server;
        let Some(id) = id else {
            return Ok(Response::alive(&server.headers));
        };
        let peer = Received::peek(&request).map(|(_, peer)| peer);
        let (method, from) = (
            text(self.head.method()),
            remote_addr(peer.filter(|_| !server.is_local)),
        );
        self.log
            .line(&format!("incoming HTTP {method} request from {from}"));
        let hooks = server.hooks.now();
        let hook = str::from_utf8(&id).ok().and_then(|id| hooks.find(id));
        // Nobody has to send a body to a hook that is not there, unless it is to be shown.
        if hook.is_none() && !server.is_debug {
            return Ok(Response::hook_not_found());
        }
        let received = Received::read(request, super::LIMITS.body_bytes).await?;
        if server.is_debug {
            let shown = dump::request(self.log.id(), self.head, &received.body);
            self.log.plain(&shown);
        }
        let Some(hook) = hook else {
            return Ok(Response::hook_not_found());
        };
        Ok(self.trigger(hook.clone(), received, from).await)
    }

    /// Asks the hook what is to be done, and has it done.
    async fn trigger(&self, hook: Hook, received: Received, from: String) -> Response {
        let (context, id) = (self.server.context(), hook.id.clone());
        // Judging a large body takes its time, and others are not to wait for it.
        let judging = spawn_blocking(move || {
            let head = &received.head;
            let fields = head.headers().map(|field| (field.name, field.value));
            let view = RequestView {
                method: head.method(),
                query: head.query().unwrap_or_default(),
                headers: fields.collect(),
                body: &received.body,
                remote_addr: from,
            };
            hook.evaluate(&view, &context)
        });
        let Evaluation {
            reply,
            command,
            log: lines,
            ..
        } = match judging.await {
            Ok(evaluation) => evaluation,
            Err(error) => {
                self.log.line(&format!("panic: {error}"));
                return broken();
            }
        };
        for line in lines {
            self.log.line(&line);
        }
        match (reply, command) {
            (Reply::Now(response), None) => response,
            (Reply::Now(response), Some(plan)) => {
                // Nobody waits for its end.
                drop(self.start(plan, id));
                response
            }
            (Reply::AfterCommand(after), Some(plan)) => self.wait(after, plan, id).await,
            (Reply::AfterCommand(after), None) => after.response(CommandEnd::Failure, Vec::new()),
        }
    }

    async fn wait(&self, after: AfterCommand, plan: CommandPlan, id: String) -> Response {
        match self.start(plan, id).await {
            Ok((end, output)) => after.response(end, output),
            // The server stops, and the command was ended with it.
            Err(_) => after.response(CommandEnd::Failure, Vec::new()),
        }
    }

    /// Starts a command that goes on whether or not its sender waits.
    fn start(&self, plan: CommandPlan, id: String) -> oneshot::Receiver<(CommandEnd, Vec<u8>)> {
        let (told, hears) = oneshot::channel();
        let (runner, log) = (self.server.runner.clone(), self.log.clone());
        self.server.commands.spawn("command", |_| async move {
            let ended = command::run(plan, &id, &runner, &log).await;
            // Its sender may have gone.
            drop(told.send(ended));
        });
        hears
    }

    /// Tells the log how it went.
    fn conclude(&self, response: &Response, begun: Instant) {
        if self.server.is_debug {
            self.log.plain(&dump::response(self.log.id(), response));
        }
        let host = text(self.head.first("host").unwrap_or_default());
        let request = format!("{} {}", text(self.head.method()), text(self.head.target()));
        let line = access::line(
            response.status,
            response.body.len(),
            begun.elapsed(),
            &host,
            &request,
        );
        self.log.line(&line);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn into_http(response: Response) -> HttpResponse {
    let Response {
        status,
        headers,
        body,
    } = response;
    let mut http = HttpResponse::new(Body::from(body));
    *http.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        let (Ok(name), Ok(value)) = (name, value) else {
            continue;
        };
        // Where the answer ends is for the server to say.
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING {
            http.headers_mut().append(name, value);
        }
    }
    http
}

/// What the original answers when it breaks off.
const fn broken() -> Response {
    Response {
        status: 500,
        headers: Vec::new(),
        body: Vec::new(),
    }
}

fn not_found() -> HttpResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (StatusCode::NOT_FOUND, headers, "404 page not found\n").into_response()
}

fn moved(to: &str) -> HttpResponse {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response(),
        Err(_) => malformed(),
    }
}

fn malformed() -> HttpResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONNECTION, "close"),
    ];
    (StatusCode::BAD_REQUEST, headers, "400 Bad Request").into_response()
}
