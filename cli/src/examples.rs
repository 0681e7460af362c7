//! What stands below the help of each verb: lines that can be typed as they are.

use clap::{Command, CommandFactory, FromArgMatches};

use crate::args::Cli;

/// A verb (several words for one below another), and lines to try.
const EXAMPLES: &[(&str, &str)] = &[
    (
        "listen",
        "tenterhook listen --forward 3000\ntenterhook listen --json | jq -r .target",
    ),
    ("pair", "tenterhook pair 'tenterhook://pair?…'"),
    (
        "endpoint new",
        "tenterhook endpoint new --name stripe\ntenterhook endpoint new --json | jq -r .url",
    ),
    (
        "endpoint ls",
        "tenterhook endpoint ls\ntenterhook endpoint ls --json | jq -r '[.name, .url] | @tsv'",
    ),
    (
        "endpoint set",
        "tenterhook endpoint set stripe --forward 3000/hook --deadline 2500\n\
         tenterhook endpoint set stripe --paused true",
    ),
    ("endpoint rotate", "tenterhook endpoint rotate stripe"),
    ("endpoint rm", "tenterhook endpoint rm stripe"),
    ("endpoint restore", "tenterhook endpoint restore 7QkZp2vX"),
    ("rotate", "tenterhook rotate"),
    (
        "status",
        "tenterhook status\ntenterhook status --json | jq -r .line.state",
    ),
    (
        "ls",
        "tenterhook ls --filter 'provider:stripe after:2h'\n\
         tenterhook ls --json --limit 1 | jq -r .body_b64 | base64 -d\n\
         tenterhook ls --fields id,time,method,target,event --limit 500 |\n  \
         fzf --delimiter '\\t' --with-nth 2.. --preview 'tenterhook show {1}'",
    ),
    (
        "search",
        "tenterhook search payment -type:ping\n\
         tenterhook search header.x-github-event:push after:2h\n\
         tenterhook search 'or(body.repository.name:api, size>10k)'",
    ),
    (
        "show",
        "tenterhook show 01a2010b\ntenterhook show 01a2010b --raw > request.bin\n\
         tenterhook show 01a2010b --deliveries --json",
    ),
    (
        "prune",
        "tenterhook prune --older-than 30d --dry-run\n\
         tenterhook prune --keep 10000 --max-size 2GB --yes\n\
         tenterhook prune --filter 'type:ping' --older-than 1d\n\n\
         Exit codes: 0 done, also where nothing was to go; 1 failed, or not confirmed; 2 mistyped.",
    ),
    (
        "history keep",
        "tenterhook history keep\ntenterhook history keep --older-than 30d --max-size 2GB\n\
         tenterhook history keep --forever",
    ),
    (
        "history backup",
        "tenterhook history backup\ntenterhook history backup /mnt/usb/webhooks.db",
    ),
    (
        "history restore",
        "tenterhook history restore /mnt/usb/webhooks.db",
    ),
    (
        "history compact",
        "tenterhook prune --keep 1000 --yes && tenterhook history compact",
    ),
    (
        "history import",
        "tenterhook history import other/history.db\ntenterhook history import captures.ndjson",
    ),
    (
        "history export",
        "tenterhook history export > captures.ndjson\n\
         tenterhook history export --filter provider:github | gzip > github.ndjson.gz",
    ),
    (
        "history check",
        "tenterhook history check\ntenterhook history check /mnt/usb/webhooks.db --json\n\n\
         Exit codes: 0 sound, 1 not.",
    ),
    (
        "completions",
        "tenterhook completions bash > ~/.local/share/bash-completion/completions/tenterhook\n\
         tenterhook completions zsh > ~/.zfunc/_tenterhook\n\
         tenterhook completions fish > ~/.config/fish/completions/tenterhook.fish",
    ),
    (
        "man",
        "tenterhook man --out ~/.local/share/man/man1 && man tenterhook-ls",
    ),
    (
        "verify",
        "tenterhook verify 01a2010b\n\
         tenterhook verify --batch signatures.ndjson\n\n\
         Exit codes: 0 valid, 1 not, 2 nothing to judge by.",
    ),
    (
        "doctor",
        "tenterhook doctor 01a2010b\n\
         tenterhook doctor 01a2010b --framework express",
    ),
    (
        "send-test",
        "tenterhook send-test github --sender github\ntenterhook send-test local --sender stripe",
    ),
    (
        "secret add",
        "tenterhook secret add stripe < whsec.txt\n\
         tenterhook secret add github --scheme github --generate",
    ),
    (
        "secret ls",
        "tenterhook secret ls\ntenterhook secret ls --json | jq -r .name",
    ),
    ("secret retire", "tenterhook secret retire stripe spring"),
    ("secret rm", "tenterhook secret rm stripe spring"),
    (
        "forward add",
        "tenterhook forward github add 3000/push --filter type:push --retries 5",
    ),
    (
        "forward remove",
        "tenterhook forward github remove http://localhost:3000/push",
    ),
    ("forward ls", "tenterhook forward github ls --json"),
    (
        "forward missed",
        "tenterhook forward github missed --replay",
    ),
    (
        "rules import",
        "tenterhook rules import hooks.json --endpoint github",
    ),
    (
        "rules export",
        "tenterhook rules export --endpoint github > hooks.json",
    ),
    (
        "rules ls",
        "tenterhook rules ls\ntenterhook rules ls --json",
    ),
    ("rules rm", "tenterhook rules rm --endpoint github"),
    (
        "rules confirm",
        "tenterhook rules confirm deploy --endpoint github",
    ),
    (
        "rules try",
        "tenterhook rules try --endpoint github --filter type:push\n\
         tenterhook rules try 01a2010b --endpoint github --file new.yaml",
    ),
    (
        "rules run",
        "tenterhook rules run deploy 01a2010b --endpoint github",
    ),
    (
        "hooks check",
        "tenterhook hooks check hooks.json\n\n\
         Exit codes: 0 nothing grave, 1 something is.",
    ),
    ("runs show", "tenterhook runs show 12"),
    ("runs again", "tenterhook runs again 12"),
    ("runs stop", "tenterhook runs stop 12"),
    (
        "handshake",
        "tenterhook handshake --batch challenges.ndjson",
    ),
];

/// What may be typed, with its examples.
pub(crate) fn command() -> Command {
    EXAMPLES.iter().fold(Cli::command(), |all, (verb, lines)| {
        let indented = lines.lines().map(|line| {
            let is_line = !line.is_empty() && !line.starts_with("Exit");
            if is_line {
                format!("  {line}\n")
            } else {
                format!("{line}\n")
            }
        });
        let text = format!("Examples:\n{}", indented.collect::<String>());
        with(all, &mut verb.split(' '), text)
    })
}

fn with<'a>(command: Command, verb: &mut impl Iterator<Item = &'a str>, text: String) -> Command {
    match verb.next() {
        Some(name) => command.mut_subcommand(name, |below| with(below, verb, text)),
        None => command.after_help(text),
    }
}

/// Reads what was typed; ends the program where that is wrong or asks for help.
pub(crate) fn parse() -> Cli {
    Cli::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that print nothing of their own, or JSON in any case.
    const WITHOUT_JSON: &[&str] = &[
        "tenterhook pair",
        "tenterhook rotate",
        "tenterhook endpoint rm",
        "tenterhook serve",
        "tenterhook handshake",
        "tenterhook sign",
        "tenterhook send-test",
        "tenterhook secret add",
        "tenterhook secret retire",
        "tenterhook secret rm",
        "tenterhook forward add",
        "tenterhook forward remove",
        "tenterhook rules import",
        "tenterhook rules export",
        "tenterhook rules rm",
        "tenterhook rules confirm",
        "tenterhook rules run",
        "tenterhook runs show",
        "tenterhook runs again",
        "tenterhook runs stop",
        "tenterhook completions",
        "tenterhook man",
    ];

    fn each(command: &Command, name: &str, see: &mut impl FnMut(&str, &Command)) {
        let verbs = command
            .get_subcommands()
            .filter(|verb| verb.get_name() != "help");
        let mut verbs = verbs.peekable();
        if verbs.peek().is_none() {
            see(name, command);
        }
        for verb in verbs {
            each(verb, &format!("{name} {}", verb.get_name()), see);
        }
    }

    #[test]
    fn the_help_of_each_verb_has_an_example_and_who_prints_data_prints_json() {
        let mut all = command();
        all.build();
        let (mut seen, mut wrong) = (0, Vec::new());
        each(&all, "tenterhook", &mut |name, verb| {
            seen += 1;
            let has_json = verb.get_arguments().any(|arg| arg.get_id() == "json");
            if has_json == WITHOUT_JSON.contains(&name) {
                wrong.push(format!("{name}: --json is there: {has_json}"));
            }
            // Its help is of another make.
            if name != "tenterhook serve" {
                let help = verb.clone().render_long_help().to_string();
                // What it is about may stand between its words.
                let has_name = name.split(' ').all(|word| help.contains(word));
                if !help.contains("Examples:\n") || !has_name {
                    wrong.push(format!("{name}: no example"));
                }
            }
        });
        assert_eq!(wrong, Vec::<String>::new());
        assert!(seen > 20);
        all.debug_assert();
    }
}
