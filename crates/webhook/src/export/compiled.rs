//! Programs that are compiled first: Go, Rust, Java, C#.

use crate::export::{
    ExportError,
    quote::{self, CSHARP, JAVA, PLAIN},
    request::{Body, EXACT, Request, Tool},
};

const GO: Tool = Tool {
    name: "Go",
    keeps_order: false,
    keeps_target: false,
    keeps_version: false,
    ..EXACT
};
const REQWEST: Tool = Tool {
    name: "reqwest",
    keeps_order: false,
    keeps_spelling: false,
    keeps_target: false,
    keeps_version: false,
    adds: &["Accept"],
    ..EXACT
};
const JAVA_NET: Tool = Tool {
    name: "Java",
    keeps_order: false,
    keeps_target: false,
    keeps_version: false,
    keeps_bytes: false,
    adds: &["User-Agent"],
    ..EXACT
};
const HTTP_CLIENT: Tool = Tool {
    name: "HttpClient",
    keeps_order: false,
    keeps_target: false,
    keeps_version: false,
    keeps_bytes: false,
    ..EXACT
};

/// A program for Go's own library.
pub(crate) fn go(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let is_agent = |name: &[u8]| name.eq_ignore_ascii_case(b"user-agent");
    let mut agents = request.headers.iter().filter(|(name, _)| is_agent(name));
    if agents.next().is_some_and(|(_, value)| value.is_empty()) || agents.next().is_some() {
        return Err(ExportError::Cannot {
            tool: GO.name,
            why: "it sends one User-Agent and no empty one",
        });
    }
    if request.target.starts_with(b"//") {
        return Err(ExportError::Cannot {
            tool: GO.name,
            why: "it takes a path behind two slashes for a host",
        });
    }
    let mut out = request.comments(&GO, "//");
    let body = match request.body() {
        Body::Empty => "[]byte{}, error(nil)".to_owned(),
        Body::Text(text) => format!("[]byte({}), error(nil)", PLAIN.text(text)),
        Body::Bytes(body) => format!(
            "base64.StdEncoding.DecodeString(\n\t\t{},\n\t)",
            quote::base64_strings(body, " +\n\t\t\t")
        ),
    };
    let coding = if matches!(request.body(), Body::Bytes(_)) {
        "\t\"encoding/base64\"\n"
    } else {
        ""
    };
    out.push_str(&format!(
        "package main\n\nimport (\n\t\"bytes\"\n{coding}\t\"fmt\"\n\t\"io\"\n\t\"net/http\"\n)\n\n\
         func main() {{\n\tbody, err := {body}\n\tif err != nil {{\n\t\tpanic(err)\n\t}}\n"
    ));
    out.push_str(&format!(
        "\trequest, err := http.NewRequest({}, \"{}://{}/\", bytes.NewReader(body))\n\
         \tif err != nil {{\n\t\tpanic(err)\n\t}}\n\
         \trequest.URL.Opaque = {}\n\trequest.Header = http.Header{{\n",
        PLAIN.bytes(request.method()),
        request.scheme(),
        request.authority,
        PLAIN.bytes(&request.target),
    ));
    let mut names: Vec<&[u8]> = Vec::new();
    for (name, _) in &request.headers {
        if !names.contains(name) {
            names.push(name);
        }
    }
    for name in &names {
        let values = request.headers.iter().filter(|(one, _)| one == name);
        let values: Vec<_> = values.map(|(_, value)| PLAIN.bytes(value)).collect();
        // Go looks for this one in its own spelling.
        let is_agent = name.eq_ignore_ascii_case(b"user-agent");
        let name = if is_agent { b"User-Agent" } else { *name };
        out.push_str(&format!(
            "\t\t{}: {{{}}},\n",
            PLAIN.bytes(name),
            values.join(", ")
        ));
    }
    if !request.has("User-Agent") {
        out.push_str("\t\t\"User-Agent\": {\"\"},\n");
    }
    out.push_str(
        "\t}\n\
         \tresponse, err := (&http.Transport{DisableCompression: true}).RoundTrip(request)\n\
         \tif err != nil {\n\t\tpanic(err)\n\t}\n\
         \tdefer response.Body.Close()\n\
         \tanswer, _ := io.ReadAll(response.Body)\n\
         \tfmt.Println(response.StatusCode, string(answer))\n}\n",
    );
    Ok(out.into_bytes())
}

/// A program for Rust with reqwest.
pub(crate) fn rust(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut out = request.comments(&REQWEST, "//");
    let bytes = |bytes: &[u8]| format!("b{}", PLAIN.bytes(bytes));
    let body = match request.body() {
        Body::Empty => "Vec::new()".to_owned(),
        Body::Text(text) => format!("{}.as_bytes().to_vec()", PLAIN.text(text)),
        Body::Bytes(body) => format!(
            "base64::engine::general_purpose::STANDARD.decode(concat!(\n        {},\n    ))?",
            quote::base64_strings(body, ",\n        ")
        ),
    };
    let decoder = if matches!(request.body(), Body::Bytes(_)) {
        "use base64::Engine as _;\n"
    } else {
        ""
    };
    out.push_str(&format!(
        "// reqwest = {{ version = \"0.12\", features = [\"blocking\"] }}, base64 = \"0.22\"\n\
         {decoder}use reqwest::{{Method, blocking::Client, header::HeaderValue, redirect::Policy}};\n\n\
         fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
             let body: Vec<u8> = {body};\n    \
             let client = Client::builder().redirect(Policy::none()).build()?;\n    \
             let response = client\n        \
                 .request(Method::from_bytes({})?, {})\n",
        bytes(request.method()),
        PLAIN.text(&request.ascii_url()),
    ));
    for (name, value) in &request.headers {
        let name = PLAIN.bytes(name);
        out.push_str(&format!(
            "        .header({name}, HeaderValue::from_bytes({})?)\n",
            bytes(value)
        ));
    }
    out.push_str(
        "        .body(body)\n        .send()?;\n    \
             println!(\"{} {}\", response.status(), response.text()?);\n    Ok(())\n}\n",
    );
    Ok(out.into_bytes())
}

/// A program for Java 11 or newer, with its own library.
pub(crate) fn java(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let is_cookie = |name: &[u8]| name.eq_ignore_ascii_case(b"cookie");
    if request
        .headers
        .iter()
        .filter(|(name, _)| is_cookie(name))
        .count()
        > 1
    {
        return Err(ExportError::Cannot {
            tool: JAVA_NET.name,
            why: "it sends one Cookie",
        });
    }
    let body = match request.body() {
        Body::Empty => "new byte[0]".to_owned(),
        Body::Text(text) => format!("{}.getBytes(StandardCharsets.UTF_8)", JAVA.text(text)),
        Body::Bytes(body) => format!(
            "Base64.getDecoder().decode(String.join(\"\",\n            {}))",
            quote::base64_strings(body, ",\n            ")
        ),
    };
    let mut out = String::from(
        "import java.net.URI;\nimport java.net.http.HttpClient;\nimport java.net.http.HttpRequest;\n\
         import java.net.http.HttpResponse;\nimport java.nio.charset.StandardCharsets;\n\
         import java.util.Base64;\n\n",
    );
    let mut tool = JAVA_NET;
    // Of one name in two spellings it takes the first.
    tool.keeps_spelling = request.headers.iter().all(|(name, _)| {
        let mut others = request.headers.iter();
        !others.any(|(other, _)| other != name && other.eq_ignore_ascii_case(name))
    });
    out.push_str(&request.comments(&tool, "//"));
    out.push_str(&format!(
        "public class Replay {{\n    public static void main(String[] args) throws Exception {{\n        \
             byte[] body = {body};\n        \
             HttpRequest request = HttpRequest.newBuilder(URI.create({}))\n            \
                 .version(HttpClient.Version.HTTP_1_1)\n",
        JAVA.bytes(&uri(request))
    ));
    for (name, value) in &request.headers {
        let (name, value) = (JAVA.bytes(name), JAVA.bytes(value));
        out.push_str(&format!("            .header({name}, {value})\n"));
    }
    let publisher = if request.body.is_empty() {
        "noBody()"
    } else {
        "ofByteArray(body)"
    };
    out.push_str(&format!(
        "            .method({}, HttpRequest.BodyPublishers.{publisher})\n            .build();\n        \
             HttpResponse<String> response = HttpClient.newHttpClient()\n            \
                 .send(request, HttpResponse.BodyHandlers.ofString());\n        \
             System.out.println(response.statusCode() + \" \" + response.body());\n    }}\n}}\n",
        JAVA.bytes(request.method())
    ));
    Ok(out.into_bytes())
}

/// The URL with what RFC 2396 has no place for, which `java.net.URI` follows, in `%XX`.
fn uri(request: &Request<'_>) -> Vec<u8> {
    let url = request.url();
    let start = request.scheme().len() + "://".len() + request.authority.len();
    let (root, target) = url.split_at(start);
    let mut out = root.to_vec();
    for (at, byte) in target.iter().enumerate() {
        let is_escape = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
        let is_kept = match byte {
            b'%' => target.get(at + 1..at + 3).is_some_and(is_escape),
            _ => byte.is_ascii_alphanumeric() || b"-_.!~*'():@&=+$,;/?".contains(byte),
        };
        if is_kept {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// A program for .NET 6 or newer.
pub(crate) fn csharp(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut out = request.comments(&HTTP_CLIENT, "//");
    let body = match request.body() {
        Body::Empty => "Array.Empty<byte>()".to_owned(),
        Body::Text(text) => format!("System.Text.Encoding.UTF8.GetBytes({})", CSHARP.text(text)),
        Body::Bytes(body) => format!(
            "Convert.FromBase64String(string.Concat(new[] {{\n    {},\n}}))",
            quote::base64_strings(body, ",\n    ")
        ),
    };
    out.push_str(&format!(
        "using System;\nusing System.Net.Http;\n\n\
         byte[] body = {body};\n\
         using var client = new HttpClient(new SocketsHttpHandler\n{{\n    \
             AllowAutoRedirect = false,\n    UseCookies = false,\n    \
             RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.Latin1,\n}});\n\
         using var request = new HttpRequestMessage(new HttpMethod({}), {});\n",
        CSHARP.bytes(request.method()),
        CSHARP.text(&request.ascii_url())
    ));
    if request.announces_body() {
        out.push_str("request.Content = new ByteArrayContent(body);\n");
    }
    out.push_str("foreach (var (name, value) in new (string, string)[] {\n");
    for (name, value) in &request.headers {
        out.push_str(&format!(
            "    ({}, {}),\n",
            CSHARP.bytes(name),
            CSHARP.bytes(value)
        ));
    }
    out.push_str(
        "})\n{\n    if (!request.Headers.TryAddWithoutValidation(name, value))\n        \
             request.Content?.Headers.TryAddWithoutValidation(name, value);\n}\n\
         using var response = await client.SendAsync(request);\n\
         Console.WriteLine($\"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}\");\n",
    );
    Ok(out.into_bytes())
}
