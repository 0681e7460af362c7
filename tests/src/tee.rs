//! A wire tap between a client and the relay: what the client sent, byte for byte. Start at
//! [`Tee::before`].

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// A port that hands everything on and remembers it.
#[derive(Debug)]
pub struct Tee {
    /// Where clients connect.
    pub address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Tee {
    /// Listens before `to`, for as long as the test runs.
    ///
    /// # Panics
    /// When the system gives no port.
    #[must_use]
    pub fn before(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let sent = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&sent);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                // A client that hangs up is the end of its connection and of nothing else.
                thread::spawn(move || hand_on(&client, to, &kept));
            }
        });
        Self { address, sent }
    }

    /// All that clients have sent since this was last asked.
    #[must_use]
    pub fn sent(&self) -> Vec<u8> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn hand_on(client: &TcpStream, to: SocketAddr, kept: &Mutex<Vec<u8>>) -> io::Result<()> {
    let relay = TcpStream::connect(to)?;
    relay.set_nodelay(true)?;
    client.set_nodelay(true)?;
    let (mut answers, mut back) = (relay.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Write);
    });
    let (mut from, mut to, mut bytes) = (client, &relay, [0; 64 * 1024]);
    loop {
        match from.read(&mut bytes)? {
            0 => return relay.shutdown(Shutdown::Write),
            count => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend_from_slice(&bytes[..count]);
                drop(kept);
                to.write_all(&bytes[..count])?;
            }
        }
    }
}
