//! The verbs on endpoints: each asks the relay first, then keeps here what the faces show.

use std::{sync::Arc, time::Duration};

use http::Method;
use serde::Serialize;
use tokio::time::{sleep, timeout};
use wire::{
    api::{self, DeviceInfo, EndpointInfo, EndpointRequest, EndpointSettings, Paired},
    connect::{ConnectError, RelayUrl},
    pin::Pin,
};

use crate::{
    client::{self, CallError},
    engine::{Engine, Error, relay_endpoint},
    forward::Target,
    secrets::Secret,
    store::pairing::{self, Endpoint, Pairing},
    tunnel,
    view::EndpointView,
};

/// How often it is asked what waits.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The body of a call that has none.
const NOTHING: Option<&()> = None;

impl Engine {
    /// Makes an endpoint on the relay. The token comes along this once.
    ///
    /// # Errors
    /// When there is no relay, it is not reached or refuses, or the token cannot be kept.
    pub async fn new_endpoint(
        &self,
        name: Option<String>,
        address: Option<String>,
    ) -> Result<(EndpointView, Option<Secret>), Error> {
        let request = EndpointRequest { name, address };
        let made = self
            .ask(Method::POST, api::ENDPOINTS, Some(&request))
            .await?;
        let secret = self.keep_token(&made).await?;
        let endpoint = self.keep_endpoint(made).await?;
        Ok((relay_endpoint(endpoint, &[]), secret))
    }

    /// How the endpoint `id` treats what is sent to it.
    ///
    /// # Errors
    /// When there is no such endpoint, or the relay is not reached or refuses.
    pub async fn endpoint_settings(&self, id: &str) -> Result<EndpointSettings, Error> {
        let all: Vec<EndpointInfo> = self.ask(Method::GET, api::ENDPOINTS, NOTHING).await?;
        let found = all
            .into_iter()
            .find(|one| one.id.as_str() == id || one.name == id);
        found
            .map(|one| one.settings)
            .ok_or_else(|| Error::NoEndpoint(id.to_owned()))
    }

    /// Gives the endpoint `id` other settings, from now on.
    ///
    /// # Errors
    /// When there is no such endpoint, a setting has a value that it cannot have, or the relay is
    /// not reached.
    pub async fn set_endpoint(&self, id: &str, settings: &EndpointSettings) -> Result<(), Error> {
        let path = self.path(id, "").await?;
        let _: EndpointInfo = self.ask(Method::PUT, &path, Some(settings)).await?;
        Ok(())
    }

    /// Gives the endpoint `id` other settings, where it has any, and has its captures go to
    /// `targets`: both or, when the relay refuses, neither.
    ///
    /// # Errors
    /// As [`Self::set_endpoint`] and [`Self::set_forwards`].
    pub async fn save_endpoint(
        &self,
        id: &str,
        settings: Option<&EndpointSettings>,
        targets: &[Target],
    ) -> Result<(), Error> {
        if let Some(settings) = settings {
            self.set_endpoint(id, settings).await?;
        }
        self.set_forwards(id, targets).await
    }

    /// What a sender has to show to the endpoint `id`, where it asks for it; none when it was made
    /// on another computer.
    ///
    /// # Errors
    /// When there is no such endpoint or the token cannot be read.
    pub async fn endpoint_token(&self, id: &str) -> Result<Option<Secret>, Error> {
        let name = token_name(&self.own(id).await?.id);
        let secrets = Arc::clone(self.secrets());
        let read = tokio::task::spawn_blocking(move || secrets.read(&name));
        Ok(read.await.map_err(|_| sqlite::Error::Closed)??)
    }

    /// Gives the endpoint `id` a new token; the old one is void.
    ///
    /// # Errors
    /// When there is no such endpoint, or the relay is not reached or refuses.
    pub async fn rotate_endpoint(&self, id: &str) -> Result<Option<Secret>, Error> {
        let path = self.path(id, "/rotate").await?;
        let made = self.ask(Method::POST, &path, NOTHING).await?;
        self.keep_token(&made).await
    }

    /// Removes the endpoint `id` from the relay. Its captures stay in the history, and it can be
    /// restored for a week.
    ///
    /// # Errors
    /// When there is no such endpoint, or the relay is not reached or refuses.
    pub async fn remove_endpoint(&self, id: &str) -> Result<(), Error> {
        let id = self.own(id).await?.id;
        let path = [api::ENDPOINTS, "/", &id].concat();
        let _: Option<()> = self.ask(Method::DELETE, &path, NOTHING).await?;
        self.database()
            .write(move |db| pairing::remove_endpoint(db, &id))
            .await?;
        self.has_changed();
        Ok(())
    }

    /// Undoes [`Self::remove_endpoint`]; `id` is the whole id.
    ///
    /// # Errors
    /// When there is nothing to restore, or the relay is not reached or refuses.
    pub async fn restore_endpoint(&self, id: &str) -> Result<EndpointView, Error> {
        let path = [api::ENDPOINTS, "/", id, "/restore"].concat();
        let restored = self.ask(Method::POST, &path, NOTHING).await?;
        Ok(relay_endpoint(self.keep_endpoint(restored).await?, &[]))
    }

    /// Gets this desktop a new token from the relay. The old one is good until the new one is
    /// used, so nothing is lost if this is cut short.
    ///
    /// # Errors
    /// When there is no relay, it is not reached or refuses, or the token cannot be kept.
    pub async fn rotate_token(&self) -> Result<(), Error> {
        let Paired { device, token } = self.ask(Method::POST, api::TOKEN, NOTHING).await?;
        self.keep(tunnel::token_name(&device), Secret::new(token.reveal()))
            .await?;
        self.reconnect();
        Ok(())
    }

    /// Waits until what the relay holds for this desktop has come, for `limit` at most: a look at
    /// the history then misses nothing that was acknowledged before. When no program holds the
    /// line, nothing will come, and this returns at once.
    pub async fn settle(&self, limit: Duration) {
        let come = async {
            while tunnel::is_held(self.data()) {
                let waiting: Result<DeviceInfo, _> =
                    self.ask(Method::GET, api::DEVICE, NOTHING).await;
                if waiting.is_ok_and(|device| device.waiting > 0) {
                    sleep(LOOK_EVERY).await;
                } else {
                    return;
                }
            }
        };
        // What has not come by then is seen the next time.
        let _ = timeout(limit, come).await;
    }

    async fn keep_token(&self, made: &EndpointInfo) -> Result<Option<Secret>, Error> {
        let Some(token) = &made.token else {
            return Ok(None);
        };
        let secret = Secret::new(token.reveal());
        self.keep(token_name(made.id.as_str()), secret.clone())
            .await?;
        Ok(Some(secret))
    }

    async fn keep_endpoint(&self, made: EndpointInfo) -> Result<Endpoint, Error> {
        let endpoint = Endpoint {
            id: made.id.to_string(),
            name: made.name,
            url: made.url,
            made_at_ms: made.created_at_ms,
        };
        let row = endpoint.clone();
        self.database()
            .write(move |db| pairing::put_endpoint(db, &row))
            .await?;
        self.has_changed();
        Ok(endpoint)
    }

    /// The path of a call on the endpoint that `id` names.
    async fn path(&self, id: &str, call: &str) -> Result<String, Error> {
        Ok([api::ENDPOINTS, "/", &self.own(id).await?.id, call].concat())
    }

    /// The endpoint that its id, the beginning of its id, or its name names.
    pub(crate) async fn own(&self, id: &str) -> Result<Endpoint, Error> {
        let all = self.database().read(pairing::endpoints).await?;
        let mut named = all.iter().filter(|one| one.id == id || one.name == id);
        let mut begun = all
            .iter()
            .filter(|one| id.len() >= 4 && one.id.starts_with(id));
        let found = named
            .next()
            .or_else(|| begun.next().filter(|_| begun.next().is_none()));
        found
            .cloned()
            .ok_or_else(|| Error::NoEndpoint(id.to_owned()))
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<T, Error> {
        let (relay, pin, token) = self.relay().await?;
        let answer = client::call(method, &relay.api_url(path), pin, Some(&token), body).await;
        answer.map_err(|error: CallError| error.into())
    }

    async fn relay(&self) -> Result<(RelayUrl, Option<Pin>, Secret), Error> {
        let pairing: Option<Pairing> = self.database().read(pairing::read).await?;
        let pairing = pairing.ok_or(Error::Unpaired)?;
        let relay = pairing.url.parse().map_err(ConnectError::from)?;
        let name = tunnel::token_name(&pairing.device);
        let secrets = Arc::clone(self.secrets());
        let read = tokio::task::spawn_blocking(move || secrets.read(&name));
        let token = read
            .await
            .map_err(|_| sqlite::Error::Closed)??
            .ok_or(Error::Unpaired)?;
        Ok((relay, pairing.pin, token))
    }
}

/// What the secret is called that senders to the endpoint `id` show.
pub(crate) fn token_name(id: &str) -> String {
    format!("endpoint {id} token")
}
