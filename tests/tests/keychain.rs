//! Secrets live in the system's keychain: here a real one, on a bus of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, path::Path, process::Output};

use tests::{
    program::{Desktop, Relay, built, command},
    sender::{request, send},
};

/// Runs `script` on a bus of its own with an unlocked keyring, its home in `folder`. `$0` is the
/// terminal's program.
fn with_keyring(folder: &Path, script: &str) -> Output {
    let home = folder.join("home");
    fs::create_dir_all(home.join("run")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700)).unwrap();
    }
    let unlock = "printf 'a password' | gnome-keyring-daemon --unlock --components=secrets \
                  >/dev/null 2>&1\n";
    let mut session = command("dbus-run-session");
    session
        .args(["--", "sh", "-ec", &format!("{unlock}{script}")])
        .arg(built("tenterhook"));
    session
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", home.join("run"));
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        session.env(name, home.join(name));
    }
    session
        .output()
        .expect("dbus-run-session runs: apt install dbus gnome-keyring")
}

#[test]
fn with_a_keychain_no_secret_is_in_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let data = desktop.data.display();
    let connect = relay.connect();
    let script = format!(
        "\"$0\" --data '{data}' pair '{connect}'\n\
         \"$0\" --data '{data}' endpoint new --json\n\
         \"$0\" --data '{data}' status"
    );
    let output = with_keyring(folder.path(), &script);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!said.contains("no keychain"), "{said}");
    assert!(!desktop.data.join("secrets.json").exists());
    let token = said
        .split("\"token\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    for file in fs::read_dir(&desktop.data).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let is_in = bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes());
        assert!(!is_in, "the token is in {}", path.display());
    }
    // Without the keychain the line cannot be made, and the reason is told.
    let log = desktop.data.with_extension("log");
    let mut listen = desktop.command(&["listen", "--json", "--receiver", "127.0.0.1:0"]);
    let _running = tests::program::Running::start(&mut listen, &log);
    tests::program::wait_for("the reason", || {
        fs::read_to_string(&log)
            .unwrap()
            .contains("not in the keychain")
            .then_some(())
    });
}

#[test]
fn with_a_keychain_a_signing_secret_is_in_it_alone_and_serves_the_next_program() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let data = desktop.data.display();
    fs::create_dir_all(&desktop.data).unwrap();
    let body = folder.path().join("body.json");
    fs::write(&body, "{}").unwrap();
    let body = body.display();
    let value = "hunter2-in-the-keychain";
    let script = format!(
        "echo '{value}' | \"$0\" --data '{data}' secret add local --scheme github --name acme\n\
         \"$0\" --data '{data}' secret ls\n\
         \"$0\" --data '{data}' sign --file '{body}' --scheme github --secret-name acme\n\
         \"$0\" --data '{data}' secret rm local acme\n\
         ! \"$0\" --data '{data}' sign --file '{body}' --scheme github --secret-name acme"
    );
    let output = with_keyring(folder.path(), &script);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{told}");
    assert!(said.contains("local  acme  GitHub"), "{said}");
    let signature = tests::sender::github_signature(value.as_bytes(), b"{}");
    assert!(said.contains(&signature), "{said}");
    assert!(
        !said.contains(value) && !told.contains(value),
        "{said}{told}"
    );
    assert!(!desktop.data.join("secrets.json").exists());
    for file in fs::read_dir(&desktop.data).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(value));
    }
}

#[test]
fn without_a_keychain_the_user_is_told_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let mut pair = command(built("tenterhook"));
    pair.arg("--data")
        .arg(&desktop.data)
        .args(["pair", relay.connect()]);
    // No bus, so no keychain.
    pair.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .env("XDG_RUNTIME_DIR", folder.path());
    let output = pair.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("no keychain serves here") && said.contains("secrets.json"),
        "{said}"
    );
    let made = desktop.ok(&["endpoint", "new"]);
    let path = &made[made.find("/h/").unwrap()..made.find('\n').unwrap()];
    assert_eq!(
        send(relay.address, &request("POST", path, &[], b"x"))
            .unwrap()
            .status,
        200
    );
}
