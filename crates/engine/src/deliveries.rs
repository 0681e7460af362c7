//! The verbs on forwards and deliveries: where an endpoint's captures go by themselves, and what
//! came of each attempt.

use webhook::{escape, head, redact};

use crate::{
    engine::{Engine, Error},
    forward::Target,
    store::deliveries::{self, Forward, Stored},
    view::{DeliveryView, ForwardView, HeaderView},
};

/// Deliveries of one capture that are shown, the newest of them.
const SHOWN: usize = 200;

impl Engine {
    /// Where the captures of `endpoint` go by themselves.
    ///
    /// # Errors
    /// When there is no such endpoint or the history cannot be read.
    pub async fn forwards(&self, endpoint: &str) -> Result<Vec<ForwardView>, Error> {
        let id = self.endpoint_id(endpoint).await?;
        let all = self.database().read(deliveries::forwards).await?;
        let own = all.into_iter().filter(|one| one.endpoint == id);
        Ok(own.map(forward_view).collect())
    }

    /// Has the captures of `endpoint` go to `targets` from now on, and nowhere else. The first one
    /// answers to a sender that waits.
    ///
    /// # Errors
    /// When there is no such endpoint or the history cannot be written.
    pub async fn set_forwards(&self, endpoint: &str, targets: &[Target]) -> Result<(), Error> {
        let id = self.endpoint_id(endpoint).await?;
        let forwards: Vec<_> = targets
            .iter()
            .map(|target| Forward {
                endpoint: id.clone(),
                target: target.url().to_string(),
                is_remote_allowed: target.is_remote_allowed(),
            })
            .collect();
        self.database()
            .write(move |db| deliveries::set_forwards(db, &id, &forwards))
            .await?;
        self.has_changed();
        Ok(())
    }

    /// What came of the attempts to pass the capture `id` on, the newest first.
    ///
    /// # Errors
    /// When `id` is none or the history cannot be read.
    pub async fn deliveries(&self, id: &str) -> Result<Vec<DeliveryView>, Error> {
        let id = id.parse()?;
        let read = self
            .database()
            .read(move |db| deliveries::of(db, id, SHOWN));
        Ok(read.await?.into_iter().map(delivery_view).collect())
    }

    /// The kept bytes of the body that was answered to the delivery `number`.
    ///
    /// # Errors
    /// When there is no such delivery or the history cannot be read.
    pub async fn delivery_body(&self, number: i64) -> Result<Vec<u8>, Error> {
        let read = self
            .database()
            .read(move |db| deliveries::by_number(db, number));
        let found = read.await?;
        found
            .map(|stored| stored.delivery.body)
            .ok_or(Error::NoDelivery(number))
    }

    /// The id of the endpoint that `name` names; `local` is the receiver on this computer.
    pub(crate) async fn endpoint_id(&self, name: &str) -> Result<String, Error> {
        if name == "local" {
            return Ok(name.to_owned());
        }
        Ok(self.own(name).await?.id)
    }
}

pub(crate) fn forward_view(forward: Forward) -> ForwardView {
    ForwardView {
        target: forward.target,
        is_remote: forward.is_remote_allowed,
    }
}

fn delivery_view(Stored { number, delivery }: Stored) -> DeliveryView {
    let reason = head::first_line(&delivery.head)
        .splitn(3, |byte| *byte == b' ')
        .nth(2)
        .unwrap_or_default();
    DeliveryView {
        number,
        began_at_ms: delivery.began_at_ms,
        target: delivery.target,
        changes: delivery
            .changes
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        status: delivery.status,
        reason: escape::for_display(reason).0,
        headers: head::fields(&delivery.head).map(header_view).collect(),
        body_bytes: delivery.body_bytes,
        kept_bytes: delivery.body.len() as u64,
        error: delivery.error,
        connect_ms: delivery.connect_ms,
        first_byte_ms: delivery.first_byte_ms,
        total_ms: delivery.total_ms,
    }
}

/// A header field as faces show it.
pub(crate) fn header_view(header: head::Header<'_>) -> HeaderView {
    let (value, is_text) = escape::for_display(header.value);
    HeaderView {
        name: escape::for_display(header.name).0,
        value,
        is_text,
        is_secret: redact::is_secret_header(header.name),
    }
}
