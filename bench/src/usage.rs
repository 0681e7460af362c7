//! What processes use, as Linux counts it. Memory is resident (RSS, where what they share is counted
//! for each) and its proportional share (PSS, where it is counted once).

use std::{collections::HashSet, fs, path::Path, time::Duration};

use anyhow::Context;

/// Memory of some processes together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Memory {
    pub(crate) rss_mib: f64,
    pub(crate) pss_mib: f64,
    /// How many they are.
    pub(crate) processes: usize,
}

/// Clock ticks of `/proc/PID/stat` in a second: `USER_HZ`, the same on every Linux for x86 and ARM
/// (proc(5), sysconf(3)).
const TICKS_PER_S: u64 = 100;

/// The processor time that `pid` has used since its start, to a hundredth of a second.
///
/// # Errors
/// When it has ended, or it may not be looked at.
pub(crate) fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    // Behind the name, which is in brackets and may hold anything: fields 14 and 15 of proc(5).
    let fields = text
        .rsplit_once(") ")
        .map(|(_, fields)| fields.split(' ').skip(11).take(2));
    let ticks = fields
        .context("its fields follow its name")?
        .map(str::parse::<u64>);
    Ok(Duration::from_millis(
        ticks.sum::<Result<u64, _>>()? * 1_000 / TICKS_PER_S,
    ))
}

/// Memory of `root` and all that came from it.
///
/// # Errors
/// When it has ended, or it may not be looked at.
pub(crate) fn memory_of_tree(root: u32) -> anyhow::Result<Memory> {
    let mut sum = Memory::default();
    for pid in tree(root)? {
        let path = format!("/proc/{pid}/smaps_rollup");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        sum.rss_mib += mib(&text, "Rss:")?;
        sum.pss_mib += mib(&text, "Pss:")?;
        sum.processes += 1;
    }
    Ok(sum)
}

fn tree(root: u32) -> anyhow::Result<HashSet<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that has just ended has no parent any more.
        let status = fs::read_to_string(Path::new("/proc").join(name).join("status"));
        let parent = status.ok().and_then(|text| {
            text.lines()
                .find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok())
        });
        parents.extend(parent.map(|parent| (pid, parent)));
    }
    let mut tree = HashSet::from([root]);
    loop {
        let known = tree.len();
        let children: Vec<_> = parents
            .iter()
            .filter(|(_, parent)| tree.contains(parent))
            .map(|(pid, _)| *pid)
            .collect();
        tree.extend(children);
        if tree.len() == known {
            return Ok(tree);
        }
    }
}

fn mib(rollup: &str, name: &str) -> anyhow::Result<f64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u32>().ok());
    Ok(f64::from(kib.with_context(|| format!("smaps_rollup has no {name}"))?) / 1024.0)
}

#[cfg(test)]
mod tests {
    use ::tests::program::command;

    use super::*;

    #[test]
    fn a_process_that_was_started_counts_with_the_one_that_started_it() {
        let alone = memory_of_tree(std::process::id()).unwrap();
        assert!(alone.rss_mib >= alone.pss_mib && alone.pss_mib > 0.1);
        let mut child = command("sh")
            .args(["-c", "cat; true"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let both = memory_of_tree(std::process::id()).unwrap();
        assert!(both.processes > alone.processes, "{both:?}");
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    #[test]
    fn processor_time_grows_with_work() {
        let before = processor_time(std::process::id()).unwrap();
        while processor_time(std::process::id()).unwrap() < before + Duration::from_millis(20) {}
    }

    #[test]
    fn kibibytes_are_read_as_the_kernel_writes_them() {
        let text = "55d0-7ffe ---p 00000000 00:00 0 [rollup]\nRss:                2048 kB\nPss:      512 kB\n";
        assert_eq!(
            (mib(text, "Rss:").unwrap(), mib(text, "Pss:").unwrap()),
            (2.0, 0.5)
        );
        assert!(mib(text, "Swap:").is_err());
    }
}
