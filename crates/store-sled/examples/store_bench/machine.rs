//! The machine that was measured on.

use std::fs;
use std::time::Duration;

/// Processes that run or wait to, on average over 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}

/// Load, processors and kernel.
pub(crate) fn state() -> String {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    format!("load {}, {processors} processors, Linux {}", load(), kernel.trim())
}

/// A line of this process's status: `VmRSS`, `VmHWM`.
pub(crate) fn memory(name: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or("unknown").trim().to_owned()
}

/// Processor time of this process, in the kernel too.
pub(crate) fn cpu() -> Duration {
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold blanks; utime and stime are the 12th and 13th field behind it, in 1/100 s.
    let fields = status.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
