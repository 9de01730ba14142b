//! ST10: what was written is on the disk before it is answered or published.

use crate::append;

/// Reads an strace of one writer. Every line it says must come when sled's file has an `fdatasync` that began after its
/// last `pwrite64`, and at least one `pwrite64` since the line before. Returns how many lines were seen.
fn check(trace: &str, said: &[&str]) -> Result<usize, String> {
    let (mut dirty, mut writes, mut seen) = (true, 0, 0);
    let mut syncing: Option<(&str, bool)> = None;
    for (number, line) in (1..).zip(trace.lines()) {
        let (pid, call) = line.split_once(' ').ok_or_else(|| format!("line {number} has no pid"))?;
        let call = call.trim_start();
        let on_db = call.contains("/db>");
        if call.starts_with("pwrite64(") && on_db {
            dirty = true;
            writes += 1;
            syncing = syncing.map(|(pid, _)| (pid, false));
        } else if (call.starts_with("fdatasync(") || call.starts_with("fsync(")) && on_db {
            syncing = Some((pid, true));
        }
        let ended = call.starts_with("fdatasync(") && on_db || call.starts_with("<... fdatasync resumed");
        if let Some((by, clean)) = syncing
            && by == pid
            && ended
            && call.ends_with("= 0")
        {
            dirty = dirty && !clean;
            syncing = None;
        }
        if call.starts_with("write(1<") && said.iter().any(|word| call.contains(&format!("\"{word} "))) {
            if dirty {
                return Err(format!("line {number} was said before its sync: {line}"));
            }
            // Answer and watch of one change both count on its writes.
            if seen % said.len() == 0 && writes == 0 {
                return Err(format!("line {number} was said without any write: {line}"));
            }
            seen += 1;
            if seen % said.len() == 0 {
                writes = 0;
            }
        }
    }
    Ok(seen)
}

#[test]
fn st10_a_synced_write_precedes_the_answer() {
    let test = "st10_a_synced_write_precedes_the_answer";
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let options = ["-e", "trace=pwrite64,fdatasync,fsync,write"];
    let store = directory.path().join("store");
    let Some(output) = append::run_traced(test, &options, &trace, &store, &["once", "40"]) else { return };
    assert!(output.status.success(), "{output:?}");
    let trace = std::fs::read_to_string(trace).unwrap();
    assert_eq!(check(&trace, &["answered", "watched"]), Ok(80), "of 40 answers and 40 publications");
    assert_eq!(append::lines(&output.stdout).len(), 81, "and the line that it was opened");
    // The same trace without its syncs must fail, else the check proves nothing.
    let unsynced: String =
        trace.lines().filter(|line| !line.contains("fdatasync")).flat_map(|line| [line, "\n"]).collect();
    assert!(check(&unsynced, &["answered", "watched"]).unwrap_err().contains("before its sync"));
}

/// The new file, its directory and the parent are synced once, when the store is made, and its file before the answer.
#[test]
fn st6_a_new_store_is_synced_with_its_directories() {
    let test = "st6_a_new_store_is_synced_with_its_directories";
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let options = ["-e", "trace=fdatasync,fsync"];
    let store = directory.path().join("store");
    let Some(output) = append::run_traced(test, &options, &trace, &store, &["once", "3"]) else { return };
    assert!(output.status.success(), "{output:?}");
    let trace = std::fs::read_to_string(trace).unwrap();
    let parent = directory.path().canonicalize().unwrap();
    for path in [parent.join("store/db"), parent.join("store"), parent] {
        let file = format!("<{}>)", path.display());
        let synced = |line: &str| line.contains(" fsync(") && line.contains(&file) && line.ends_with("= 0");
        assert!(trace.lines().any(synced), "{file}\n{trace}");
    }
    let data = trace.lines().filter(|line| line.contains("fdatasync(") && line.contains("/store/db>")).count();
    assert_eq!(data, 3, "one for each answer\n{trace}");
}

/// With a slow disk the changes that wait share a sync, 64 at most, and each is answered by the one after its write.
#[test]
fn st7_waiting_changes_share_a_sync() {
    const CHANGES: usize = 640;
    let test = "st7_waiting_changes_share_a_sync";
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    // A slow disk: 100 ms more for each sync.
    let options = ["--seccomp-bpf", "-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_enter=100000"];
    let store = directory.path().join("store");
    let mode = ["pipeline", &CHANGES.to_string()];
    let Some(output) = append::run_traced(test, &options, &trace, &store, &mode) else { return };
    assert!(output.status.success(), "{output:?}");
    let answers = append::lines(&output.stdout).iter().filter(|line| line[0] == "answered").count();
    assert_eq!(answers, CHANGES);
    let trace = std::fs::read_to_string(trace).unwrap();
    let syncs = trace.lines().filter(|line| line.contains("fdatasync(")).count();
    eprintln!("{CHANGES} changes shared {syncs} syncs");
    assert!(syncs >= CHANGES / 64, "{syncs} syncs: groups are larger than 64");
    // Far fewer on an idle machine; on a busy one the writers may be slower than the disk.
    assert!(syncs <= CHANGES / 4, "{syncs} syncs for {CHANGES} changes");
}

/// While the disk is busy with the sync nothing shows: the answer and the head come after it.
#[test]
fn st3_nothing_shows_before_the_sync() {
    let test = "st3_nothing_shows_before_the_sync";
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let options = ["--seccomp-bpf", "-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_exit=100000"];
    let store = directory.path().join("store");
    let Some(output) = append::run_traced(test, &options, &trace, &store, &["unsynced", "20"]) else { return };
    assert!(output.status.success(), "{output:?}");
    let hidden = append::lines(&output.stdout).iter().filter(|line| line[0] == "hidden").count();
    eprintln!("of 20 changes {hidden} were seen to be hidden during their sync");
    assert!(hidden > 0, "nothing was looked at in time");
}

#[test]
fn the_check_of_traces_finds_a_late_sync() {
    let good = "1 pwrite64(7</d/db>, \"\"..., 9, 0) = 9\n2 fdatasync(8</d/db>) = 0\n1 write(1</o>, \"answered 1\\n\", 11) = 11\n";
    assert_eq!(check(good, &["answered"]), Ok(1));
    let split =
        good.replace("fdatasync(8</d/db>) = 0", "fdatasync(8</d/db> <unfinished ...>\n2 <... fdatasync resumed>) = 0");
    assert_eq!(check(&split, &["answered"]), Ok(1));
    let late = "1 pwrite64(7</d/db>, \"\"..., 9, 0) = 9\n1 write(1</o>, \"answered 1\\n\", 11) = 11\n2 fdatasync(8</d/db>) = 0\n";
    assert!(check(late, &["answered"]).is_err());
    let failed = good.replace("db>) = 0", "db>) = -1 EIO (Input/output error)");
    assert!(check(&failed, &["answered"]).is_err());
    let other = good.replace("fdatasync(8</d/db>", "fdatasync(8</d/conf>");
    assert!(check(&other, &["answered"]).is_err());
    let between = split.replace("2 <... fdatasync", "1 pwrite64(7</d/db>, \"\"..., 9, 9) = 9\n2 <... fdatasync");
    assert!(check(&between, &["answered"]).is_err(), "written while the sync was under way");
    let nothing = "2 fdatasync(8</d/db>) = 0\n1 write(1</o>, \"answered 1\\n\", 11) = 11\n";
    assert!(check(nothing, &["answered"]).is_err() && check("", &["answered"]) == Ok(0));
}
