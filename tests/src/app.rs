//! An application of the developer's: takes one request at a time and answers as the test says.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use crate::program::wait_for;

/// An application that listens on a free port.
#[derive(Debug)]
pub struct App(TcpListener);

/// A request that it was sent, and the connection to answer it on.
#[derive(Debug)]
pub struct Exchange {
    /// From the request line to the empty line, as it came.
    pub head: String,
    /// As long as `Content-Length` said.
    pub body: Vec<u8>,
    stream: BufReader<TcpStream>,
}

impl App {
    /// Listens from now on.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn start() -> Self {
        Self(TcpListener::bind(("127.0.0.1", 0)).expect("a free port"))
    }

    /// Where it listens.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("it is bound")
    }

    /// The next request, on a connection of its own.
    ///
    /// # Panics
    /// When what comes is no request.
    #[must_use]
    pub fn next(&self) -> Exchange {
        loop {
            let (stream, _) = self.0.accept().expect("a connection");
            stream.set_nodelay(true).expect("a socket");
            let limit = Some(Duration::from_secs(30));
            stream.set_read_timeout(limit).expect("a socket");
            let mut stream = BufReader::new(stream);
            // Who only looks whether somebody answers says nothing.
            if stream.fill_buf().is_ok_and(|bytes| !bytes.is_empty()) {
                let (head, body, stream) = read(stream).expect("a request");
                return Exchange { head, body, stream };
            }
        }
    }
}

impl Exchange {
    /// Puts `bytes` on the wire.
    ///
    /// # Panics
    /// When the other side is gone.
    pub fn say(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("it is heard");
    }

    /// The next request on the same connection.
    ///
    /// # Panics
    /// When none comes.
    #[must_use]
    pub fn next(self) -> Self {
        let (head, body, stream) = read(self.stream).expect("a request");
        Self { head, body, stream }
    }

    /// Says `bytes` again and again until the other side has closed the connection.
    ///
    /// # Panics
    /// When it does not.
    pub fn say_until_closed(mut self, bytes: &[u8]) {
        wait_for("the end of the connection", || {
            self.stream.get_mut().write_all(bytes).err()
        });
    }
}

fn read(mut from: BufReader<TcpStream>) -> io::Result<(String, Vec<u8>, BufReader<TcpStream>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok()).flatten()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    from.read_exact(&mut body)?;
    Ok((head, body, from))
}
