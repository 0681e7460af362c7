//! Programs that run as they are: Python, JavaScript, PHP, Ruby.

use crate::export::{
    ExportError,
    curl::CURL,
    quote::{self, PHP, PLAIN, RUBY},
    request::{Body, EXACT, Request, Tool},
};

const HTTP_CLIENT: Tool = Tool {
    name: "http.client",
    keeps_version: false,
    ..EXACT
};
const REQUESTS: Tool = Tool {
    name: "requests",
    keeps_repeats: false,
    keeps_target: false,
    keeps_version: false,
    ..EXACT
};
/// The last two beside a condition alone.
const FETCH_ADDS: [&str; 7] = [
    "Accept",
    "Accept-Language",
    "Sec-Fetch-Mode",
    "User-Agent",
    "Accept-Encoding",
    "Cache-Control",
    "Pragma",
];
const FETCH: Tool = Tool {
    name: "fetch",
    keeps_repeats: false,
    keeps_order: false,
    keeps_spelling: false,
    keeps_target: false,
    keeps_version: false,
    keeps_bytes: true,
    adds: FETCH_ADDS.first_chunk::<5>().expect("there are seven"),
};
const NODE: Tool = Tool {
    name: "Node",
    keeps_version: false,
    ..EXACT
};
const NET_HTTP: Tool = Tool {
    name: "Net::HTTP",
    keeps_repeats: false,
    keeps_order: false,
    keeps_spelling: false,
    keeps_version: false,
    ..EXACT
};

fn bytes(bytes: &[u8]) -> String {
    PLAIN.bytes(bytes)
}

fn python_body(request: &Request<'_>) -> String {
    match request.body() {
        Body::Empty => "b\"\"".to_owned(),
        Body::Text(text) if text.is_ascii() => format!("b{}", PLAIN.text(text)),
        Body::Text(text) => format!("{}.encode()", PLAIN.text(text)),
        Body::Bytes(body) => format!(
            "base64.b64decode(\n    {}\n)",
            quote::base64_strings(body, "\n    ")
        ),
    }
}

/// A program for Python's own library, which sends what it is told to.
pub(crate) fn python(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut out = String::from("import base64\nimport http.client\n\n");
    out.push_str(&request.comments(&HTTP_CLIENT, "#"));
    out.push_str(&format!("body = {}\n", python_body(request)));
    let kind = if request.is_https {
        "HTTPSConnection"
    } else {
        "HTTPConnection"
    };
    out.push_str(&format!(
        "connection = http.client.{kind}(\"{}\")\n",
        request.authority
    ));
    if !request.target.is_ascii() {
        out.push_str("# It takes ASCII alone in a path, unless told to take bytes as they are.\n");
        out.push_str("connection._encode_request = lambda line: line.encode(\"latin-1\")\n");
    }
    out.push_str(&format!(
        "connection.putrequest({}, {}, skip_host=True, skip_accept_encoding=True)\n",
        bytes(request.method()),
        bytes(&request.target)
    ));
    out.push_str(&format!(
        "connection.putheader(\"Host\", \"{}\")\n",
        request.authority
    ));
    for (name, value) in &request.headers {
        out.push_str(&format!(
            "connection.putheader({}, {})\n",
            bytes(name),
            bytes(value)
        ));
    }
    if request.announces_body() {
        out.push_str("connection.putheader(\"Content-Length\", str(len(body)))\n");
    }
    out.push_str(
        "connection.endheaders(body or None)\n\
         response = connection.getresponse()\n\
         print(response.status, response.read())\n",
    );
    Ok(out.into_bytes())
}

/// A program for Python with requests, past what it does to headers by itself.
pub(crate) fn python_requests(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    if request.target.starts_with(b"//") {
        return Err(ExportError::Cannot {
            tool: REQUESTS.name,
            why: "it takes a path behind two slashes for a host",
        });
    }
    let mut out =
        String::from("import base64\n\nimport requests\nfrom urllib3.util import SKIP_HEADER\n\n");
    out.push_str(&request.comments(&REQUESTS, "#"));
    out.push_str(&format!("body = {}\n", python_body(request)));
    let root = format!("{}://{}/", request.scheme(), request.authority);
    out.push_str(&format!(
        "request = requests.Request(\"POST\", \"{root}\", data=body).prepare()\n"
    ));
    out.push_str(&format!("request.method = {}\n", bytes(request.method())));
    out.push_str(&format!("request.url = {}\n", bytes(&request.url())));
    out.push_str("# Past the defaults of requests: these and no others.\nrequest.headers = {\n");
    for (name, value) in request.joined_headers() {
        out.push_str(&format!("    {}: {},\n", bytes(name), bytes(&value)));
    }
    for name in ["User-Agent", "Accept-Encoding"] {
        if !request.has(name) {
            out.push_str(&format!("    \"{name}\": SKIP_HEADER,\n"));
        }
    }
    if request.announces_body() {
        out.push_str("    \"Content-Length\": str(len(body)),\n");
    }
    out.push_str(
        "}\n\
         response = requests.Session().send(request, allow_redirects=False)\n\
         print(response.status_code, response.text)\n",
    );
    Ok(out.into_bytes())
}

/// A program for `fetch`, in Node or another that lets all headers be set.
pub(crate) fn fetch(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let cannot = |why| {
        Err(ExportError::Cannot {
            tool: FETCH.name,
            why,
        })
    };
    let method = request.method();
    let upper = method.to_ascii_uppercase();
    match &*upper {
        b"GET" | b"HEAD" if !request.body.is_empty() => {
            return cannot("it gives GET and HEAD no body");
        }
        b"CONNECT" | b"TRACE" | b"TRACK" => return cannot("it refuses this method"),
        b"DELETE" | b"GET" | b"HEAD" | b"OPTIONS" | b"POST" | b"PUT" if upper != method => {
            return cannot("it writes every method in capitals");
        }
        _ if request.has("Range") => return cannot("beside a Range it changes Accept-Encoding"),
        _ => {}
    }
    let mut tool = FETCH;
    let is_conditional = [
        "If-Modified-Since",
        "If-None-Match",
        "If-Unmodified-Since",
        "If-Match",
        "If-Range",
    ];
    if is_conditional.iter().any(|name| request.has(name)) {
        tool.adds = &FETCH_ADDS;
    }
    let mut out = request.comments(&tool, "//");
    match request.body() {
        Body::Empty => {}
        Body::Text(text) => {
            out.push_str(&format!(
                "const body = new TextEncoder().encode({});\n",
                PLAIN.text(text)
            ));
        }
        Body::Bytes(body) => out.push_str(&format!(
            "const body = Uint8Array.from(atob([\n  {},\n].join(\"\")), (c) => c.charCodeAt(0));\n",
            quote::base64_strings(body, ",\n  ")
        )),
    }
    let url = PLAIN.text(&request.ascii_url());
    out.push_str(&format!("const response = await fetch({url}, {{\n"));
    out.push_str(&format!(
        "  method: {},\n  redirect: \"manual\",\n  headers: [\n",
        bytes(method)
    ));
    for (name, value) in &request.headers {
        out.push_str(&format!("    [{}, {}],\n", bytes(name), bytes(value)));
    }
    out.push_str("  ],\n");
    if !request.body.is_empty() {
        out.push_str("  body,\n");
    }
    out.push_str("});\nconsole.log(response.status, await response.text());\n");
    Ok(out.into_bytes())
}

/// A program for Node's own library, which sends what it is told to.
pub(crate) fn node(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    if request.method().iter().any(u8::is_ascii_lowercase) {
        return Err(ExportError::Cannot {
            tool: NODE.name,
            why: "it writes every method in capitals",
        });
    }
    let module = request.scheme();
    let mut out = format!("import {{ request as start }} from \"node:{module}\";\n\n");
    out.push_str(&request.comments(&NODE, "//"));
    let body = match request.body() {
        Body::Empty => "Buffer.alloc(0)".to_owned(),
        Body::Text(text) => format!("Buffer.from({})", PLAIN.text(text)),
        Body::Bytes(body) => format!(
            "Buffer.from([\n  {},\n].join(\"\"), \"base64\")",
            quote::base64_strings(body, ",\n  ")
        ),
    };
    out.push_str(&format!("const body = {body};\n"));
    out.push_str(&format!(
        "const request = start(\"{module}://{}/\", {{\n",
        request.authority
    ));
    out.push_str(&format!("  method: {},\n", bytes(request.method())));
    out.push_str(&format!("  path: {},\n", bytes(&request.target)));
    out.push_str("  // Names and values in turn: this keeps their order, spelling and repeats.\n");
    out.push_str(&format!(
        "  headers: [\n    \"Host\", \"{}\",\n",
        request.authority
    ));
    for (name, value) in &request.headers {
        out.push_str(&format!("    {}, {},\n", bytes(name), bytes(value)));
    }
    if request.announces_body() {
        out.push_str("    \"Content-Length\", String(body.length),\n");
    }
    out.push_str(
        "  ],\n});\n\
         const response = await new Promise((resolve, reject) => {\n  \
           request.on(\"response\", resolve).on(\"error\", reject).end(body);\n\
         });\n\
         console.log(response.statusCode);\n\
         for await (const part of response) process.stdout.write(part);\n",
    );
    Ok(out.into_bytes())
}

/// A program for PHP with its curl extension.
pub(crate) fn php(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let tool = Tool {
        name: "PHP",
        ..CURL
    };
    let mut out = String::from("<?php\n");
    out.push_str(&request.comments(&tool, "//"));
    out.push_str("$curl = curl_init();\ncurl_setopt_array($curl, [\n");
    let mut set =
        |name: &str, value: &str| out.push_str(&format!("    CURLOPT_{name} => {value},\n"));
    if request.has_plain_target() {
        set("URL", &PHP.bytes(&request.url()));
    } else {
        set(
            "URL",
            &format!("\"{}://{}/\"", request.scheme(), request.authority),
        );
        set("REQUEST_TARGET", &PHP.bytes(&request.target));
    }
    set("PATH_AS_IS", "true");
    let is_old = request.capture.head.version() == b"HTTP/1.0";
    set(
        "HTTP_VERSION",
        if is_old {
            "CURL_HTTP_VERSION_1_0"
        } else {
            "CURL_HTTP_VERSION_1_1"
        },
    );
    if request.method() == b"HEAD" {
        // With a body curl waits for the one that the answer only announces.
        let has_body = request.announces_body();
        let (name, value) = if has_body {
            ("TIMEOUT", "10")
        } else {
            ("NOBODY", "true")
        };
        set(name, value);
    }
    let mut own = vec!["User-Agent", "Accept"];
    match request.body() {
        _ if !request.announces_body() => {}
        Body::Empty => set("POSTFIELDS", "\"\""),
        Body::Text(text) => set("POSTFIELDS", &PHP.text(text)),
        Body::Bytes(body) => set(
            "POSTFIELDS",
            &format!(
                "base64_decode(\n        {}\n    )",
                quote::base64_strings(body, "\n        . ")
            ),
        ),
    }
    if request.announces_body() {
        own.extend(["Content-Type", "Expect"]);
    }
    set("CUSTOMREQUEST", &PHP.bytes(request.method()));
    let mut lines = String::new();
    for (name, value) in &request.headers {
        let line = if value.is_empty() {
            [name, &b";"[..]].concat()
        } else {
            [name, &b": "[..], value].concat()
        };
        lines.push_str(&format!("        {},\n", PHP.bytes(&line)));
    }
    for name in own.iter().filter(|name| !request.has(name)) {
        lines.push_str(&format!("        \"{name}:\",\n"));
    }
    set("HTTPHEADER", &format!("[\n{lines}    ]"));
    set("RETURNTRANSFER", "true");
    out.push_str("]);\n$answer = curl_exec($curl);\necho curl_getinfo($curl, CURLINFO_RESPONSE_CODE), \"\\n\", $answer;\n");
    Ok(out.into_bytes())
}

/// A program for Ruby's own library.
pub(crate) fn ruby(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut out = String::from("require \"net/http\"\n\n");
    out.push_str(&request.comments(&NET_HTTP, "#"));
    let body = match request.body() {
        Body::Empty => "\"\"".to_owned(),
        Body::Text(text) => format!("{}.b", RUBY.text(text)),
        Body::Bytes(body) => format!(
            "[\n  {},\n].join.unpack1(\"m\")",
            quote::base64_strings(body, ",\n  ")
        ),
    };
    out.push_str(&format!(
        "uri = URI(\"{}://{}/\")\n",
        request.scheme(),
        request.authority
    ));
    out.push_str(&format!(
        "request = Net::HTTPGenericRequest.new({}.b, true, {}, {}.b)\n",
        RUBY.bytes(request.method()),
        request.method() != b"HEAD",
        RUBY.bytes(&request.target)
    ));
    out.push_str(
        "# Without what Net::HTTP adds by itself.\n\
         request.initialize_http_header({})\n\
         request.define_singleton_method(:supply_default_content_type) {}\n",
    );
    for (name, value) in request.joined_headers() {
        out.push_str(&format!(
            "request[{}.b] = {}.b\n",
            RUBY.bytes(name),
            RUBY.bytes(&value)
        ));
    }
    if request.announces_body() {
        out.push_str(&format!("request.body = {body}\n"));
    }
    out.push_str(
        "response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == \"https\") do |http|\n  \
           http.request(request)\n\
         end\n\
         puts response.code, response.body\n",
    );
    Ok(out.into_bytes())
}
