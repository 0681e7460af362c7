//! Where the window was and how large, kept between starts. Start at [`restore`] and [`keep`].

use std::{fs, io, path::Path};

use engine::Engine;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, PhysicalPosition, PhysicalSize, WebviewWindow};
use tracing::warn;

use crate::window;

/// So much of a window's upper edge has to be on a screen for it to be got hold of, in pixels.
const GRIP: (i64, i64) = (120, 24);
/// No window is kept smaller.
const LEAST: (u32, u32) = (320, 240);

/// A window, or a screen, in the pixels of all screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Area {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// While it is not maximised.
    area: Area,
    is_maximised: bool,
}

/// Puts the window where it was, as far as there are screens for it.
pub(crate) fn restore(window: &WebviewWindow, data: &Path) {
    let Some(place) = read(data) else {
        return;
    };
    let screens: Vec<Area> = window
        .available_monitors()
        .unwrap_or_default()
        .iter()
        .map(|screen| area(*screen.position(), *screen.size()))
        .collect();
    let (area, is_reachable) = mended(place.area, &screens);
    let placed = window
        .set_size(PhysicalSize::new(area.width, area.height))
        .and_then(|()| match is_reachable {
            true => window.set_position(PhysicalPosition::new(area.x, area.y)),
            false => window.center(),
        })
        .and_then(|()| match place.is_maximised {
            true => window.maximize(),
            false => Ok(()),
        });
    if let Err(error) = placed {
        warn!("the window could not be put where it was: {error}");
    }
}

/// Keeps where the window of `app` is now.
pub(crate) fn keep(app: &AppHandle) {
    let Some(window) = window::of(app) else {
        return;
    };
    let data = app.state::<Engine>().data().to_owned();
    let kept = look(&window, read(&data)).map(|place| place.map(|place| write(&data, place)));
    match kept {
        Ok(None | Some(Ok(()))) => {}
        Ok(Some(Err(error))) => warn!("the window's place could not be kept: {error}"),
        Err(error) => warn!("the window's place is not known: {error}"),
    }
}

/// Where `window` is; nowhere while it is not on the screen.
fn look(window: &WebviewWindow, before: Option<Place>) -> tauri::Result<Option<Place>> {
    if !window.is_visible()? || window.is_minimized()? {
        return Ok(None);
    }
    let is_maximised = window.is_maximized()?;
    let now = area(window.outer_position()?, window.inner_size()?);
    // Once it is no longer maximised it shall be as it was before.
    let before = before.filter(|_| is_maximised).map(|place| place.area);
    Ok(Some(Place {
        area: before.unwrap_or(now),
        is_maximised,
    }))
}

const fn area(at: PhysicalPosition<i32>, size: PhysicalSize<u32>) -> Area {
    Area {
        x: at.x,
        y: at.y,
        width: size.width,
        height: size.height,
    }
}

/// `area` no larger than the largest of `screens`, and whether it can be got hold of where it is.
fn mended(area: Area, screens: &[Area]) -> (Area, bool) {
    let most = |of: fn(&Area) -> u32| screens.iter().map(of).max();
    let fit = |size: u32, least: u32, most: Option<u32>| size.min(most.unwrap_or(size)).max(least);
    let mended = Area {
        width: fit(area.width, LEAST.0, most(|screen| screen.width)),
        height: fit(area.height, LEAST.1, most(|screen| screen.height)),
        ..area
    };
    let common = |from: i32, length: i64, other: i32, other_length: u32| {
        let end = i64::from(from).saturating_add(length);
        let other_end = i64::from(other) + i64::from(other_length);
        end.min(other_end) - i64::from(from.max(other))
    };
    let is_reachable = screens.iter().any(|screen| {
        common(mended.x, mended.width.into(), screen.x, screen.width) >= GRIP.0
            && common(mended.y, GRIP.1, screen.y, screen.height) >= GRIP.1
    });
    (mended, is_reachable)
}

fn read(data: &Path) -> Option<Place> {
    // What cannot be read is as if it had not been kept.
    let text = fs::read(data.join("window.json")).ok()?;
    serde_json::from_slice(&text).ok()
}

fn write(data: &Path, place: Place) -> io::Result<()> {
    // In two steps, so that nobody reads half of it.
    let new = data.join("window.json.new");
    fs::write(&new, serde_json::to_vec(&place)?)?;
    fs::rename(new, data.join("window.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(x: i32, y: i32, width: u32, height: u32) -> Area {
        Area {
            x,
            y,
            width,
            height,
        }
    }

    const SCREENS: [Area; 2] = [at(0, 0, 1600, 1000), at(1600, 0, 1280, 1024)];

    fn check(area: Area, wanted: (Area, bool)) {
        assert_eq!(mended(area, &SCREENS), wanted, "{area:?}");
    }

    #[test]
    fn a_window_that_can_be_got_hold_of_stays_where_it_is() {
        for area in [
            at(10, 20, 1280, 800),
            at(2000, 300, 800, 600),
            at(-1100, 5, 1280, 800),
            at(1500, 976, 900, 600),
        ] {
            check(area, (area, true));
        }
    }

    #[test]
    fn a_window_off_every_screen_is_put_back_on_one() {
        for area in [
            at(5000, 0, 800, 600),
            at(-1279, 0, 1280, 800),
            at(0, -40, 800, 600),
            at(0, 1020, 800, 600),
            at(i32::MAX, i32::MIN, 800, 600),
        ] {
            check(area, (area, false));
        }
        assert!(!mended(SCREENS[0], &[]).1);
    }

    #[test]
    fn no_window_is_larger_than_a_screen_or_too_small_to_be_seen() {
        check(at(0, 0, 5000, 5000), (at(0, 0, 1600, 1024), true));
        check(at(0, 0, 1, 1), (at(0, 0, 320, 240), true));
    }

    #[test]
    fn what_is_kept_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()), None);
        let place = Place {
            area: SCREENS[1],
            is_maximised: true,
        };
        write(folder.path(), place).unwrap();
        assert_eq!(read(folder.path()), Some(place));
    }
}
