//! Requests of the worst kind that is still HTTP, always the same ones. Start at [`requests`].

/// Names the case in each request.
pub const CASE: &str = "X-Case";

/// A command that, were it ever run, would leave a file behind.
const PIECES: [&[u8]; 47] = [
    b"$(touch canary)",
    b"`touch canary`",
    b"'; touch canary; '",
    b"\"; touch canary; \"",
    b"& touch canary &",
    b"| touch canary",
    b"\n touch canary\n",
    b"$HOME",
    b"${IFS}",
    b"%PATH%",
    b"%",
    b"%%",
    b"%s%n",
    b"%20%zz",
    b"!!",
    b"!-1",
    b"^",
    b"^^",
    b"\\",
    b"\\\\",
    b"\\'",
    b"\\\"",
    b"'",
    b"''",
    b"\"",
    b"@/etc/passwd",
    b"@-",
    b"-K",
    b"--config",
    b"*",
    b"?",
    b"[a-z]",
    b"{a,b}",
    b"~",
    b"#{`touch canary`}",
    b"<?php touch('canary') ?>",
    b"\\x41\\u0022\\042",
    b"{{x}}",
    b"###",
    b":=@;",
    b"\\:",
    "gr\u{f6}\u{df}e".as_bytes(),
    "\u{65e5}\u{672c}\u{8a9e}".as_bytes(),
    "\u{1f44d}".as_bytes(),
    b"\xff\xfe\x80",
    b"\t",
    b"'@",
];

/// Bodies beside those made of pieces.
const BODIES: [&[u8]; 16] = [
    b"",
    b"\0",
    b"\0\xff\xfe\x80 \r\n\r\nGET / HTTP/1.1\r\n\r\n",
    b"@/etc/passwd",
    b"@-",
    b"-d",
    b".",
    b".\n",
    b"EOF\n.\nEOF",
    b"\n",
    b"\n\n",
    b"\r\n",
    b"a\rb",
    b"{\"a\": [1, \"\\u00e9\\n\"]}",
    b"'@\n@'\n",
    b"< ./secret\n### x\n",
];

const METHODS: [&str; 14] = [
    "POST",
    "POST",
    "POST",
    "POST",
    "POST",
    "PUT",
    "PATCH",
    "GET",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "PROPFIND",
    "get",
    "X!#$%&'*+-.^_`|~",
];

const NAMES: [&str; 18] = [
    "X-A",
    "x-a",
    "X-B",
    "Accept",
    "accept-encoding",
    "Content-Type",
    "User-Agent",
    "Cookie",
    "Authorization",
    "X-Hub-Signature-256",
    "Referer",
    "Set-Cookie",
    "x!#$%&'*+-.^_`|~",
    "-d",
    "--config",
    "Range",
    "If-None-Match",
    "X-Forwarded-For",
];

/// Chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        // xorshift, Marsaglia 2003.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn pieces(&mut self, most: usize) -> Vec<u8> {
        (0..=self.below(most))
            .flat_map(|_| self.pick(&PIECES))
            .copied()
            .collect()
    }
}

/// Requests without end. A listener may refuse some: those are no captures.
pub fn requests() -> impl Iterator<Item = Vec<u8>> {
    let mut chance = Chance(0x7e47_e400_cafe_f00d);
    (0..).map(move |case| request(&mut chance, case))
}

fn request(chance: &mut Chance, case: usize) -> Vec<u8> {
    let is_in_target = |byte: &u8| byte.is_ascii_graphic() && *byte != b'#' || *byte >= 0x80;
    let mut target = match case % 20 {
        1 => b"http://hooks.example.dev/".to_vec(),
        2 => b"//".to_vec(),
        3 => b"/a/../b/./%2e%2E//".to_vec(),
        _ => b"/".to_vec(),
    };
    if chance.below(2) == 0 {
        target.extend(chance.pieces(2).iter().filter(|byte| is_in_target(byte)));
    }
    if chance.below(2) == 0 {
        target.extend_from_slice(b"?q=");
        target.extend(chance.pieces(2).iter().filter(|byte| is_in_target(byte)));
    }
    let mut method = chance.pick(&METHODS);
    if case == 4 {
        (method, target) = ("OPTIONS", b"*".to_vec());
    }
    let version = if case % 30 == 7 { "1.0" } else { "1.1" };
    let mut head = [
        method.as_bytes(),
        b" ",
        &target,
        b" HTTP/",
        version.as_bytes(),
        b"\r\n",
    ]
    .concat();
    head.extend_from_slice(format!("Host: hooks.example.dev\r\n{CASE}: {case}\r\n").as_bytes());
    for _ in 0..chance.below(8) {
        let value = match chance.below(8) {
            0 => Vec::new(),
            1 => vec![b'x'; 3_000],
            _ => chance.pieces(3),
        };
        let value: Vec<u8> = value.into_iter().filter(|byte| *byte != b'\n').collect();
        head.extend_from_slice(&[chance.pick(&NAMES).as_bytes(), b": ", &value, b"\r\n"].concat());
    }
    let body = match case {
        5 => vec![b'a'; 2 << 20],
        6 => (0..300_000)
            .map(|_| u8::try_from(chance.below(256)).expect("a byte"))
            .collect(),
        8 => "\u{65e5}\n'$(x)\"\\".repeat(2_000).into_bytes(),
        _ if chance.below(3) == 0 => chance.pick(&BODIES).to_vec(),
        _ => chance.pieces(8),
    };
    let is_bare = matches!(method, "GET" | "HEAD") && chance.below(2) == 0;
    let body = if is_bare { Vec::new() } else { body };
    if is_bare {
        head.extend_from_slice(b"\r\n");
    } else if case % 10 == 9 {
        let size = format!("{:x}", body.len());
        head.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        if !body.is_empty() {
            head.extend_from_slice(&[size.as_bytes(), b"\r\n", &body, b"\r\n"].concat());
        }
        return [&head[..], b"0\r\n\r\n"].concat();
    } else {
        head.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    }
    [head, body].concat()
}
