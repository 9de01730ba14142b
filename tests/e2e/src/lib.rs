//! End-to-end tests, one file per behaviour under `tests/`: the programs of the product in processes of their own,
//! real sockets, and peers that misbehave to order.
