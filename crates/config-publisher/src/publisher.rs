//! The newest view, for every stream to see.

use std::sync::Arc;

use tokio::sync::watch;

use crate::View;

/// Holds the newest view. Streams see it change; what came between two looks is skipped (SR2).
#[derive(Debug)]
pub struct Publisher {
    newest: watch::Sender<Arc<View>>,
}

impl Publisher {
    /// Starts with the view that the store holds.
    #[must_use]
    pub fn new(view: Arc<View>) -> Self {
        Self { newest: watch::Sender::new(view) }
    }

    /// Makes a view the newest one. One that is older than what is published changes nothing: writers may come out of
    /// order.
    pub fn publish(&self, view: Arc<View>) {
        self.newest.send_if_modified(|current| {
            let newer = view.held.epoch != current.held.epoch || view.held.revision > current.held.revision;
            if newer {
                *current = view;
            }
            newer
        });
    }

    /// The newest view, now and whenever it changes.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<View>> {
        self.newest.subscribe()
    }

    /// The newest view.
    #[must_use]
    pub fn newest(&self) -> Arc<View> {
        Arc::clone(&self.newest.borrow())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_view_changes_nothing() {
        let view = |revision| Arc::new(View::new([1; 16], revision, Vec::new(), 0).unwrap());
        let publisher = Publisher::new(view(1));
        let mut seen = publisher.subscribe();
        publisher.publish(view(5));
        publisher.publish(view(4));
        assert_eq!(publisher.newest().held.revision, 5);
        assert!(seen.has_changed().unwrap());
        assert_eq!(seen.borrow_and_update().held.revision, 5);
    }
}
