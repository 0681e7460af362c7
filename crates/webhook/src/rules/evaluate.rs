//! What a request makes a hook do: the answer, the command and the reasons. Start at
//! [`Hook::evaluate`].

use crate::rules::{
    command::CommandPlan,
    explain::Clause,
    fault::Crash,
    go::text::{quote, repair},
    hook::{Hook, ResponseHeader},
    judge::Bench,
    request::{Facts, RequestView},
    response::{AfterCommand, Headers, Response, known_status},
};

/// What the server brings to every request.
#[derive(Debug, Clone)]
pub struct Context {
    /// The time, in milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// The methods of hooks that name none themselves; empty for all. See [`methods_of`].
    pub http_methods: Vec<String>,
    /// Set on the answers of all hooks, before their own.
    pub headers: Vec<ResponseHeader>,
    /// How much of a multipart form may be held in memory, in bytes.
    pub multipart_memory_bytes: u64,
}

impl Context {
    /// The context of a server that was told nothing.
    #[must_use]
    pub const fn new(now_ms: i64) -> Self {
        Self {
            now_ms,
            http_methods: Vec::new(),
            headers: Vec::new(),
            multipart_memory_bytes: 1 << 20,
        }
    }
}

/// The methods in a list such as `GET, post`.
#[must_use]
pub fn methods_of(list: &str) -> Vec<String> {
    let list = list.replace(' ', "").to_uppercase();
    if list.is_empty() {
        return Vec::new();
    }
    list.split(',').map(str::to_owned).collect()
}

/// What comes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Whether the hook is triggered.
    pub matched: bool,
    /// The answer, or how it follows from the command's end.
    pub reply: Reply,
    /// What is to be run.
    pub command: Option<CommandPlan>,
    /// How the hook's rule was decided, when it has one and it was looked at.
    pub explanation: Option<Clause>,
    /// What the original writes to its log, line by line, without time and request id.
    pub log: Vec<String>,
}

/// When the sender is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// At once; a command runs beside it.
    Now(Response),
    /// When the command has ended.
    AfterCommand(AfterCommand),
}

impl Hook {
    /// Decides what `view` makes this hook do.
    ///
    /// Never fails: whatever a sender sends has an answer.
    #[must_use]
    pub fn evaluate(&self, view: &RequestView<'_>, context: &Context) -> Evaluation {
        let mut log = Vec::new();
        if !self.is_allowed(view.method, &context.http_methods) {
            let (method, id) = (repair(view.method), quote(self.id.as_bytes()));
            log.push(format!("HTTP {method} method not allowed for hook {id}"));
            return Evaluation::refused(Response::new(405, &Headers::default(), ""), log);
        }
        log.push(format!("{} got matched", self.id));
        let headers = Headers::of(&context.headers);
        let failed = |body: &str| Response::new(500, &headers, body);
        let mut facts = match Facts::read(view, self, context.multipart_memory_bytes, &mut log) {
            Ok(facts) => facts,
            Err(fault) => {
                log.push(format!("error parsing multipart form: {}", fault.0));
                return Evaluation::refused(
                    failed("Error occurred while parsing multipart form."),
                    log,
                );
            }
        };
        if let Err(Crash(name)) = facts.parse_json(&self.parse_parameters_as_json, &mut log) {
            log.push(format!(
                "error parsing JSON parameters: `{name}` cannot be replaced"
            ));
            return Evaluation::refused(failed(""), log);
        }
        let explanation = self.trigger_rule.as_ref().map(|rule| {
            let bench = Bench {
                facts: &facts,
                now_ms: context.now_ms,
                is_soft: self.trigger_signature_soft_failures,
            };
            bench.judge(rule, &mut log)
        });
        let outcome = explanation
            .as_ref()
            .and_then(|clause| clause.outcome.as_ref());
        let refusal = outcome
            .and_then(|outcome| outcome.fault.as_ref())
            .and_then(|fault| {
                if fault.is_missing() {
                    log.push(fault.to_string());
                    return None;
                }
                log.push(format!("error evaluating hook: {fault}"));
                let body = if fault.is_crash() {
                    ""
                } else {
                    "Error occurred while evaluating hook rules."
                };
                Some(failed(body))
            });
        if let Some(response) = refusal {
            return Evaluation {
                explanation,
                ..Evaluation::refused(response, log)
            };
        }
        if explanation
            .as_ref()
            .is_some_and(|clause| !clause.is_satisfied())
        {
            let status = self.status(self.trigger_rule_mismatch_http_response_code, &mut log);
            log.push(format!(
                "{} got matched, but didn't get triggered because the trigger rules were not satisfied",
                self.id
            ));
            let response = Response::new(status, &headers, "Hook rules were not satisfied.");
            return Evaluation {
                explanation,
                ..Evaluation::refused(response, log)
            };
        }
        log.push(format!("{} hook triggered successfully", self.id));
        let mut headers = headers;
        headers.extend(&self.response_headers);
        let command = match CommandPlan::of(self, &facts, &mut log) {
            Ok(command) => command,
            Err(Crash(index)) => {
                log.push(format!(
                    "error extracting command arguments: index out of range: {index}"
                ));
                return Evaluation::refused(Response::new(500, &headers, ""), log);
            }
        };
        let status = self.status(self.success_http_response_code, &mut log);
        let reply = if self.include_command_output_in_response {
            Reply::AfterCommand(AfterCommand {
                success_status: status,
                headers,
                shows_failure: self.include_command_output_in_response_on_error,
            })
        } else {
            Reply::Now(Response::new(
                status,
                &headers,
                self.response_message.as_str(),
            ))
        };
        Evaluation {
            matched: true,
            reply,
            command: Some(command),
            explanation,
            log,
        }
    }

    fn is_allowed(&self, method: &[u8], default: &[String]) -> bool {
        if self.http_methods.is_empty() {
            return default.is_empty()
                || default.iter().any(|allowed| allowed.as_bytes() == method);
        }
        let is_it = |allowed: &String| allowed.trim().to_uppercase().as_bytes() == method;
        self.http_methods.iter().any(is_it)
    }

    fn status(&self, code: i64, log: &mut Vec<String>) -> u16 {
        if code == 0 {
            return 200;
        }
        known_status(code).unwrap_or_else(|| {
            let id = &self.id;
            log.push(format!(
                "{id} got matched, but the configured return code {code} is unknown - defaulting to 200"
            ));
            200
        })
    }
}

impl Evaluation {
    const fn refused(response: Response, log: Vec<String>) -> Self {
        Self {
            matched: false,
            reply: Reply::Now(response),
            command: None,
            explanation: None,
            log,
        }
    }
}
