//! The port through which a transaction reaches a next hop, and what its outcomes mean to the client.
