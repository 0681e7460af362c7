//! Puts the page into the program and gives each command a permission of its own, so that the page
//! may call only what `capabilities/main.json` names.

use tauri_build::{AppManifest, Attributes};

fn main() {
    let manifest = AppManifest::new().commands(&[
        "status",
        "endpoints",
        "query_help",
        "open_list",
        "grow_list",
        "rows",
        "close_list",
        "detail",
        "tree",
        "text",
        "bytes",
        "try_line",
        "copy",
        "pair",
        "take_link",
        "new_endpoint",
        "endpoint_settings",
        "save_endpoint",
        "endpoint_token",
        "rotate_endpoint",
        "remove_endpoint",
        "restore_endpoint",
        "deliveries",
        "delivery_body",
        "send_test",
        "secrets",
        "add_secret",
        "retire_secret",
        "remove_secret",
        "verification",
        "signed_bytes",
        "diagnose",
        "send_test_event",
    ]);
    tauri_build::try_build(Attributes::new().app_manifest(manifest))
        .expect("the page is built, the capabilities and the settings are right");
}
