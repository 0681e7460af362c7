//! The relay's own interface: pairing, endpoints, and the door of the tunnel. PROTOCOL.md of the
//! crate `wire` tells it to those who write another client.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{FromRequest, FromRequestParts, Path, Request, State, WebSocketUpgrade},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use http::{StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;
use tracing::{error, info};
use webhook::capture::EndpointId;
use wire::{
    MAX_FRAME_BYTES, SUBPROTOCOL,
    api::{
        ApiError, DeviceInfo, EndpointInfo, EndpointRequest, EndpointSettings, ErrorCode,
        PairRequest, Paired,
    },
    seal::Sealer,
    token::{Token, TokenKind},
};

use crate::{
    devices::{self, Device, Pairing},
    endpoints::{Added, Endpoint},
    gate::{Gate, bearer},
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
        .route("/endpoints/{id}", put(set_endpoint).delete(remove_endpoint))
        .route("/endpoints/{id}/rotate", post(rotate_endpoint))
        .route("/endpoints/{id}/restore", post(restore_endpoint))
        .route("/token", post(rotate_token))
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

async fn rotate_token(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
) -> Result<Json<Paired>, Refused> {
    let token = Token::generate(TokenKind::Device);
    devices::next_token(&shared.database, device.number, &token).await?;
    info!(device = device.id, "device `{}` has a new token", device.id);
    Ok(Json(Paired {
        device: device.id,
        token,
    }))
}

async fn list_endpoints(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
) -> Json<Vec<EndpointInfo>> {
    let own = shared.endpoints.of(device.number);
    Json(
        own.iter()
            .map(|endpoint| info(&shared, endpoint, None))
            .collect(),
    )
}

async fn add_endpoint(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    Body(request): Body<EndpointRequest>,
) -> Result<Json<EndpointInfo>, Refused> {
    let id = address(request.address.as_deref().unwrap_or(&names::endpoint()))?;
    let name = request
        .name
        .or(request.address)
        .unwrap_or_else(|| id.as_str().chars().take(6).collect());
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        let message = "a name has 1 to 64 characters, none of them a control character";
        return Err(Refused::new(ErrorCode::NameInvalid, message));
    }
    let taken = format!("this device has an endpoint `{name}`: choose another name");
    let (token, now_ms) = (Token::generate(TokenKind::Endpoint), (shared.clock)());
    let (all, database) = (&shared.endpoints, &shared.database);
    let added = all
        .add(database, &id, device.number, name, &token, now_ms)
        .await?;
    match added {
        Added::Done => {}
        Added::NameTaken => return Err(Refused::new(ErrorCode::NameTaken, taken)),
        Added::AddressTaken => {
            let message = format!("the address `{id}` is taken on this relay: choose another");
            return Err(Refused::new(ErrorCode::AddressTaken, message));
        }
    }
    info!(
        device = device.id,
        "device `{}` has a new endpoint", device.id
    );
    own(&shared, &device, &id, Some(token))
}

/// The id of an endpoint at the address that its owner chose, or that was found for it.
fn address(text: &str) -> Result<EndpointId, Refused> {
    let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_address = (3..=48).contains(&text.len()) && text.bytes().all(is_sign);
    let id = text.parse().ok().filter(|_| is_address);
    id.ok_or_else(|| {
        let message = "an address has 3 to 48 characters, of a-z, 0-9 and `-`";
        Refused::new(ErrorCode::NameInvalid, message)
    })
}

async fn set_endpoint(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    Path(id): Path<String>,
    Body(settings): Body<EndpointSettings>,
) -> Result<Json<EndpointInfo>, Refused> {
    let id: EndpointId = id.parse().map_err(|_| no_endpoint())?;
    Gate::new(&settings).map_err(|why| Refused::new(ErrorCode::SettingInvalid, why))?;
    shared
        .endpoints
        .set(&shared.database, device.number, id.clone(), &settings)
        .await?;
    own(&shared, &device, &id, None)
}

async fn rotate_endpoint(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    Path(id): Path<String>,
) -> Result<Json<EndpointInfo>, Refused> {
    let id: EndpointId = id.parse().map_err(|_| no_endpoint())?;
    let token = Token::generate(TokenKind::Endpoint);
    shared
        .endpoints
        .rotate(&shared.database, device.number, id.clone(), &token)
        .await?;
    own(&shared, &device, &id, Some(token))
}

async fn remove_endpoint(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let id = id.parse().map_err(|_| no_endpoint())?;
    let now_ms = (shared.clock)();
    if shared
        .endpoints
        .remove(&shared.database, device.number, id, now_ms)
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(no_endpoint())
    }
}

async fn restore_endpoint(
    State(shared): State<Arc<Shared>>,
    Caller(device): Caller,
    Path(id): Path<String>,
) -> Result<Json<EndpointInfo>, Refused> {
    let id: EndpointId = id.parse().map_err(|_| no_endpoint())?;
    shared
        .endpoints
        .restore(&shared.database, device.number, id.clone())
        .await?;
    own(&shared, &device, &id, None)
}

/// The device's endpoint of that id as it is now, or that it has none.
fn own(
    shared: &Shared,
    device: &Device,
    id: &EndpointId,
    token: Option<Token>,
) -> Result<Json<EndpointInfo>, Refused> {
    let found = shared
        .endpoints
        .by_id(id)
        .filter(|one| one.device == device.number);
    found
        .map(|one| Json(info(shared, &one, token)))
        .ok_or_else(no_endpoint)
}

fn no_endpoint() -> Refused {
    Refused::new(
        ErrorCode::NotFound,
        "this device has no endpoint of that name",
    )
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

fn info(shared: &Shared, endpoint: &Endpoint, token: Option<Token>) -> EndpointInfo {
    EndpointInfo {
        url: format!("{}/h/{}", shared.public_url, endpoint.id),
        id: endpoint.id.clone(),
        name: endpoint.name.clone(),
        token,
        created_at_ms: endpoint.made_at_ms,
        settings: endpoint.settings.clone(),
    }
}
