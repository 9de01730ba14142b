//! The boundary that no panic of sled crosses.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a piece of work with sled; a panic comes back as its text.
///
/// What the work touched must not be used after a panic: the store is broken, or was never opened.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        format!("the storage engine panicked: {}", text.unwrap_or("without a text"))
    })
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_becomes_its_text() {
        assert_eq!(guarded(|| 7), Ok(7));
        let error = guarded(|| panic!("page {} is gone", 5)).unwrap_err();
        assert_eq!(error, "the storage engine panicked: page 5 is gone");
        assert!(guarded(|| panic!("fixed text")).unwrap_err().ends_with("fixed text"));
    }
}
