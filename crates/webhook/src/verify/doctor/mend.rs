//! What to do about a finding, in one sentence for each framework. Start at [`mends`].

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// The bytes of the body.
    Body,
    /// The URL or its host.
    Url,
    /// The secret, or the form of it that is used as key.
    Secret,
    /// The scheme.
    Scheme,
    /// The text in which a signature is written.
    Encoding,
    /// The time at which it was signed.
    Time,
    /// The headers that carry it.
    Header,
}

/// What to do, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mend {
    /// The framework; `Any` where it is the same in all.
    pub framework: &'static str,
    /// One sentence.
    pub text: &'static str,
}

/// What to do about a finding on `area`.
#[must_use]
pub fn mends(area: Area) -> Vec<Mend> {
    let any = |text| {
        vec![Mend {
            framework: "Any",
            text,
        }]
    };
    let each = |all: [(&'static str, &'static str); 11]| {
        all.into_iter()
            .map(|(framework, text)| Mend { framework, text })
            .collect()
    };
    match area {
        Area::Body => each(BODY),
        Area::Url => each(URL),
        Area::Secret => any(
            "Copy the secret from the sender's page again, whole and without quotes or line ends, \
             and check which environment the program reads it from.",
        ),
        Area::Scheme => any("Set the endpoint to that sender, or the sender to this endpoint."),
        Area::Encoding => any(
            "Write the computed signature as the sender does (its prefix, hexadecimal in lower \
             case or base64 with padding) and compare in constant time.",
        ),
        Area::Time => any(
            "Set the clock by NTP; to try an old request again, have it signed afresh instead of \
             widening the limit.",
        ),
        Area::Header => {
            any("Let every proxy on the way pass the sender's headers on as they are, once each.")
        }
    }
}

const BODY: [(&str, &str); 11] = [
    (
        "Express",
        "Mount `express.raw({ type: '*/*' })` on this route before any `express.json()` and hash `req.body`, which is then a Buffer.",
    ),
    (
        "Next.js",
        "Hash `await request.text()` in a route handler and parse that text yourself; in `pages/api` export `config = { api: { bodyParser: false } }` and read the stream.",
    ),
    (
        "FastAPI",
        "Hash `await request.body()` and parse it afterwards, without a Pydantic model in the handler's parameters.",
    ),
    (
        "Django",
        "Hash `request.body` before anything touches `request.POST`.",
    ),
    (
        "Flask",
        "Hash `request.get_data(cache=True)` before `request.form` or `request.json` is used.",
    ),
    ("Rails", "Hash `request.raw_post`, never `params.to_json`."),
    (
        "Laravel",
        "Hash `$request->getContent()`, never `json_encode($request->all())`.",
    ),
    (
        "Spring",
        "Take the body as `@RequestBody byte[] body` and hash that, for an object that Jackson read is written differently.",
    ),
    (
        "Gin",
        "Hash `c.GetRawData()`, then set `c.Request.Body = io.NopCloser(bytes.NewReader(raw))` for what binds later.",
    ),
    (
        "axum",
        "Take `body: axum::body::Bytes` as the last extractor, hash it, and call `serde_json::from_slice` on it after.",
    ),
    (
        "ASP.NET",
        "Call `Request.EnableBuffering()`, hash the bytes of `Request.Body`, and set its `Position` back to 0 before model binding.",
    ),
];

const URL: [(&str, &str); 11] = [
    (
        "Express",
        "Set `app.set('trust proxy', 1)` and build the URL of `req.protocol`, `req.get('host')` and `req.originalUrl`.",
    ),
    (
        "Next.js",
        "Build the URL of the configured public origin and the path, for `request.url` holds the inner host behind a proxy.",
    ),
    (
        "FastAPI",
        "Run uvicorn with `--proxy-headers --forwarded-allow-ips` set to the proxy, and use `str(request.url)`.",
    ),
    (
        "Django",
        "Set `SECURE_PROXY_SSL_HEADER` and `USE_X_FORWARDED_HOST`, and use `request.build_absolute_uri()`.",
    ),
    (
        "Flask",
        "Wrap the app in werkzeug's `ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)` and use `request.url`.",
    ),
    (
        "Rails",
        "Have the proxy send `X-Forwarded-Proto` and `X-Forwarded-Host`, and use `request.original_url`.",
    ),
    (
        "Laravel",
        "Trust the proxy with `$middleware->trustProxies(at: '*')` and use `$request->fullUrl()` unsorted, or the configured URL itself.",
    ),
    (
        "Spring",
        "Set `server.forward-headers-strategy=framework` and use `request.getRequestURL()` with `getQueryString()`.",
    ),
    (
        "Gin",
        "Set the trusted proxies and build the URL of `X-Forwarded-Proto`, `X-Forwarded-Host` and `c.Request.RequestURI`.",
    ),
    (
        "axum",
        "Use `OriginalUri` for path and query and the configured public origin for the rest.",
    ),
    (
        "ASP.NET",
        "Call `app.UseForwardedHeaders()` with `XForwardedProto | XForwardedHost` first, and use `Request.GetEncodedUrl()`.",
    ),
];
