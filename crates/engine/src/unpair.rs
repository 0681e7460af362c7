//! Forgetting the relay: the line ends, and nothing here can make it again.

use std::sync::Arc;

use crate::{
    endpoints::token_name,
    engine::{Engine, Error},
    store::pairing,
    tunnel,
};

impl Engine {
    /// Forgets the relay, what proved this desktop to it, and its endpoints; the captures stay. The
    /// relay is not asked, for it may be gone: it keeps what waits there until its operator removes
    /// this device. Without a relay nothing is done.
    ///
    /// # Errors
    /// When the history or the secrets cannot be written.
    pub async fn unpair(&self) -> Result<(), Error> {
        let Some(pairing) = self.database().read(pairing::read).await? else {
            return Ok(());
        };
        let endpoints = self.database().read(pairing::endpoints).await?;
        // First the pairing: a line without its secrets would be told as broken.
        self.database().write(pairing::forget).await?;
        self.has_changed();
        let secrets = Arc::clone(self.secrets());
        let forget = tokio::task::spawn_blocking(move || {
            secrets.forget(&tunnel::token_name(&pairing.device))?;
            secrets.forget(&tunnel::key_name(&pairing.device))?;
            endpoints
                .iter()
                .try_for_each(|endpoint| secrets.forget(&token_name(&endpoint.id)))
        });
        Ok(forget.await.map_err(|_| sqlite::Error::Closed)??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Options, Secret,
        store::pairing::{Endpoint, Pairing},
    };

    #[tokio::test]
    async fn neither_the_relay_nor_what_was_kept_for_it_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(Options {
            data: folder.path().to_owned(),
            use_keychain: false,
            clock: || 0,
        })
        .unwrap();
        let pairing = Pairing {
            url: "https://hooks.example.org".to_owned(),
            device: "d1".to_owned(),
            pin: None,
        };
        let endpoint = Endpoint {
            id: "shop".to_owned(),
            name: String::new(),
            url: "https://hooks.example.org/h/shop".to_owned(),
            made_at_ms: 0,
        };
        let names = [
            tunnel::token_name("d1"),
            tunnel::key_name("d1"),
            token_name("shop"),
        ];
        for name in names.iter().map(String::as_str).chain(["of another"]) {
            engine.secrets().keep(name, &Secret::new("hush")).unwrap();
        }
        let database = engine.database();
        database
            .write(move |db| {
                pairing::replace(db, &pairing, 0)?;
                pairing::put_endpoint(db, &endpoint)
            })
            .await
            .unwrap();
        engine.unpair().await.unwrap();
        engine.unpair().await.unwrap(); // again is nothing
        assert_eq!(database.read(pairing::read).await.unwrap(), None);
        assert_eq!(database.read(pairing::endpoints).await.unwrap(), []);
        for name in names {
            assert_eq!(engine.secrets().read(&name).unwrap(), None, "{name}");
        }
        assert!(engine.secrets().read("of another").unwrap().is_some());
    }
}
