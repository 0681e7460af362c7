//! The relay's own interface: pairing, endpoints, and the door of the tunnel. PROTOCOL.md of the
//! crate `wire` tells it to those who write another client.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{FromRequest, FromRequestParts, Path, Request, State, WebSocketUpgrade},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;
use tracing::{error, info};
use webhook::capture::EndpointId;
use wire::{
    MAX_FRAME_BYTES, SUBPROTOCOL,
    api::{ApiError, DeviceInfo, EndpointInfo, EndpointRequest, ErrorCode, PairRequest, Paired},
    seal::Sealer,
    token::{Token, TokenKind},
};

use crate::{
    devices::{self, Device, Pairing},
    endpoints::Endpoint,
    names,
    relay::Shared,
    session,
};

/// The largest JSON that the interface takes.
const REQUEST_BYTES: usize = 16 * 1024;

/// The routes below `/api`.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/pair", post(pair))
        .route("/device", get(device))
        .route("/endpoints", get(list_endpoints).post(add_endpoint))
        .route("/endpoints/{id}", delete(remove_endpoint))
        .route("/tunnel", get(tunnel))
        .fallback(|| async { Refused::new(ErrorCode::NotFound, "no such call") })
        .layer(axum::extract::DefaultBodyLimit::max(REQUEST_BYTES))
}

/// What a call answers when it does not do as asked.
struct Refused(ApiError);

impl Refused {
    fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(ApiError {
            code,
            message: message.into(),
        })
    }
}

impl From<sqlite::Error> for Refused {
    fn from(error: sqlite::Error) -> Self {
        error!("a call failed: {error}");
        Self::new(
            ErrorCode::Internal,
            "the relay cannot do this now; its log says why",
        )
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.status());
        (
            status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Json(self.0),
        )
            .into_response()
    }
}

/// The device that a call's token names.
struct Caller(Device);

impl FromRequestParts<Arc<Shared>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Refused> {
        let unknown = || {
            Refused::new(
                ErrorCode::TokenUnknown,
                "this relay does not know the device: pair it again",
            )
        };
        let token = bearer(&parts.headers).ok_or_else(unknown)?;
        let device = devices::by_token(&shared.database, &token).await?;
        device.map(Self).ok_or_else(unknown)
    }
}

/// The JSON of a request; what is not understood is refused in the interface's own form.
struct Body<T>(T);

impl<T: DeserializeOwned> FromRequest<Arc<Shared>> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Refused> {
        match Json::from_request(request, shared).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(error) => Err(Refused::new(ErrorCode::RequestInvalid, error.body_text())),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    token.trim().parse().ok()
}

async fn pair(
    State(shared): State<Arc<Shared>>,
    Body(request): Body<PairRequest>,
) -> Result<Json<Paired>, Refused> {
    let unknown = || {
        Refused::new(
            ErrorCode::InviteUnknown,
            "this invite is not known or was used already: ask the relay for a new one",
        )
    };
    let (token, now_ms) = (Token::generate(TokenKind::Device), (shared.clock)());
    let name: String = request
        .device_name
        .chars()
        .filter(|c| !c.is_control())
        .take(80)
        .collect();
    let key = request.public_key;
    if let Err(error) = Sealer::new(&key, now_ms) {
        return Err(Refused::new(ErrorCode::RequestInvalid, error.to_string()));
    }
    match devices::pair(&shared.database, &request.invite, name, key, &token, now_ms).await? {
        Pairing::Paired(device) => {
            info!(device = device.id, "paired device `{}`", device.id);
            shared.sealers.add(device.number, key);
            Ok(Json(Paired {
                device: device.id,
                token,
            }))
        }
        Pairing::InviteUnknown => Err(unknown()),
        Pairing::InviteExpired => Err(Refused::new(
            ErrorCode::InviteExpired,
            "this invite has expired: ask the relay for a new one",
        )),
    }
}

async fn device(State(shared): State<Arc<Shared>>, Caller(device): Caller) -> Json<DeviceInfo> {
    let load = shared.queue.waiting(device.number);
    Json(DeviceInfo {
        device: device.id,
        name: device.name,
        waiting: load.captures,
        refused: load.refused,
    })
}

async fn list_endpoints(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
) -> Json<Vec<EndpointInfo>> {
    let own = shared.endpoints.of(device.number);
    Json(
        own.into_iter()
            .map(|endpoint| info(&shared, endpoint, None))
            .collect(),
    )
}

async fn add_endpoint(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    Body(request): Body<EndpointRequest>,
) -> Result<Json<EndpointInfo>, Refused> {
    let id: EndpointId = names::endpoint()
        .parse()
        .expect("it is made of letters and digits");
    let name = request
        .name
        .unwrap_or_else(|| id.as_str().chars().take(6).collect());
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        let message = "a name has 1 to 64 characters, none of them a control character";
        return Err(Refused::new(ErrorCode::NameInvalid, message));
    }
    let made_at_ms = (shared.clock)();
    let endpoint = Endpoint {
        id,
        device: device.number,
        name,
        made_at_ms,
    };
    let token = Token::generate(TokenKind::Endpoint);
    if shared
        .endpoints
        .add(&shared.database, endpoint.clone(), &token)
        .await?
    {
        info!(
            device = device.id,
            "device `{}` has a new endpoint", device.id
        );
        Ok(Json(info(&shared, endpoint, Some(token))))
    } else {
        let message = format!(
            "this device has an endpoint `{}`: choose another name",
            endpoint.name
        );
        Err(Refused::new(ErrorCode::NameTaken, message))
    }
}

async fn remove_endpoint(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let none = || {
        Refused::new(
            ErrorCode::NotFound,
            "this device has no endpoint of that name",
        )
    };
    let id = id.parse().map_err(|_| none())?;
    if shared
        .endpoints
        .remove(&shared.database, device.number, id)
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(none())
    }
}

async fn tunnel(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    request: Request,
) -> Result<Response, Refused> {
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let spoken = offered.iter().filter_map(|value| value.to_str().ok());
    if !spoken
        .flat_map(|value| value.split(','))
        .any(|one| one.trim() == SUBPROTOCOL)
    {
        return Err(Refused::new(
            ErrorCode::ProtocolUnsupported,
            format!(
                "this relay speaks {SUBPROTOCOL}: bring the desktop and the relay to the same version"
            ),
        ));
    }
    let upgrade = upgrade.map_err(|error| {
        Refused::new(
            ErrorCode::ProtocolUnsupported,
            format!("no WebSocket: {error}"),
        )
    })?;
    Ok(upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(8 * 1024)
        .write_buffer_size(128 * 1024)
        .max_write_buffer_size(1024 * 1024)
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .on_upgrade(async move |socket| {
            let own = Arc::clone(&shared);
            shared
                .tasks
                .spawn("session", |stop| session::run(own, device, socket, stop));
        }))
}

fn info(shared: &Shared, endpoint: Endpoint, token: Option<Token>) -> EndpointInfo {
    EndpointInfo {
        url: format!("{}/h/{}", shared.public_url, endpoint.id),
        id: endpoint.id,
        name: endpoint.name,
        token,
        created_at_ms: endpoint.made_at_ms,
    }
}
