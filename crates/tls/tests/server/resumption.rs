//! Sessions that go on.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::Resumption;

use crate::authority::{Authority, Folder};
use crate::handshake::{ONLY_12, ONLY_13, client, client_with, shake};

async fn resumes(server: &postroad_tls::ServerTls, client: &Arc<ClientConfig>) -> bool {
    let (served, seen) = shake(server, client).await;
    let (served, seen) = (served.unwrap(), seen.unwrap());
    assert_eq!(served.resumed, seen.resumed);
    served.resumed
}

/// By tickets under either version, and by session ids.
fn clients(authority: &Authority) -> Vec<(&'static str, Arc<ClientConfig>)> {
    let mut by_id = client(authority, ONLY_12);
    by_id.resumption =
        Resumption::in_memory_sessions(4).tls12_resumption(rustls::client::Tls12Resumption::SessionIdOnly);
    vec![
        ("1.3", Arc::new(client(authority, ONLY_13))),
        ("1.2 by ticket", Arc::new(client(authority, ONLY_12))),
        ("1.2 by session id", Arc::new(by_id)),
    ]
}

#[tokio::test]
async fn th20_sessions_are_resumed_within_a_listener_and_never_across_two() {
    let authority = Authority::new("ca");
    let folder = Folder::with(&authority.server(&["relay.example"]));
    // The same files, even.
    let (one, other) = (folder.server(), folder.server());
    for (how, client) in clients(&authority) {
        assert!(!resumes(&one, &client).await, "{how}");
        assert!(resumes(&one, &client).await, "{how}: the second session goes on the first");
        assert!(!resumes(&other, &client).await, "{how}: another listener must not know it");
    }
}

#[tokio::test]
async fn th20_who_may_be_a_client_holds_for_resumed_sessions_after_a_reload_too() {
    let (ours, theirs, others) = (Authority::new("ca"), Authority::new("clients"), Authority::new("others"));
    let folder = Folder::with(&ours.server(&["relay.example"]));
    for versions in [ONLY_12, ONLY_13] {
        let server = folder.server_for(&theirs, true);
        let client = Arc::new(client_with(&ours, &theirs.client(Vec::new()), versions));
        assert!(!resumes(&server, &client).await);
        assert!(resumes(&server, &client).await);
        folder.write("clients.crt", others.certificate.pem());
        assert!(matches!(server.reload(), postroad_tls::Reload::Swapped { .. }));
        let (served, _) = shake(&server, &client).await;
        assert!(served.is_err(), "its issuer is believed no longer");
    }
}

/// Tickets say by max_early_data_size that early data may come; ours do not.
#[tokio::test]
async fn th20_no_early_data() {
    let authority = Authority::new("ca");
    let server = Folder::with(&authority.server(&["relay.example"])).server();
    let mut eager = client(&authority, ONLY_13);
    eager.enable_early_data = true;
    let client = Arc::new(eager);
    assert!(!resumes(&server, &client).await);
    assert!(resumes(&server, &client).await, "tickets are given, one with each session");
    let name = "relay.example".try_into().unwrap();
    let mut connection = rustls::ClientConnection::new(Arc::clone(&client), name).unwrap();
    assert!(connection.early_data().is_none(), "the ticket grants none");
    assert_eq!(server.acceptor().config().max_early_data_size, 0);
}
