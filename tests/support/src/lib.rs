//! What the tests share: scripted smart hosts, senders, ledgers, processes.
