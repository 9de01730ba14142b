//! Files that change while the server runs.

use std::sync::Arc;

use postroad_tls::{CertificateName, Reload, ServerTls, ServerTlsFile};

use crate::authority::{Authority, Folder};
use crate::handshake::{BOTH, client, shake};

fn name(server: &ServerTls) -> String {
    server.names().iter().map(CertificateName::as_str).collect()
}

#[tokio::test]
async fn a_new_certificate_is_used_for_new_sessions() {
    let (one, other) = (Authority::new("one"), Authority::new("other"));
    let folder = Folder::with(&one.server(&["relay.example"]));
    let server = folder.server();
    assert_eq!(server.reload(), Reload::Unchanged);
    folder.install(&other.server(&["relay.example"]));
    assert!(shake(&server, &Arc::new(client(&one, BOTH))).await.1.is_ok(), "nothing changes before the reload");
    assert_eq!(server.reload(), Reload::Swapped { warnings: Vec::new() });
    assert!(shake(&server, &Arc::new(client(&one, BOTH))).await.1.is_err());
    assert!(shake(&server, &Arc::new(client(&other, BOTH))).await.1.is_ok());
    assert_eq!(server.reload(), Reload::Unchanged);
}

/// As Kubernetes does it: the files are links into a folder that is swapped.
#[test]
fn a_swapped_link_is_a_change() {
    let authority = Authority::new("ca");
    let folder = Folder::new();
    for (inner, host) in [("1", "one.example"), ("2", "two.example")] {
        std::fs::create_dir(folder.path(inner)).unwrap();
        let issued = authority.server(&[host]);
        folder.write(&format!("{inner}/tls.crt"), issued.certificate.pem());
        folder.write(&format!("{inner}/tls.key"), issued.key.serialize_pem());
    }
    std::os::unix::fs::symlink("1", folder.path("..data")).unwrap();
    for file in ["tls.crt", "tls.key"] {
        std::os::unix::fs::symlink(format!("..data/{file}"), folder.path(file)).unwrap();
    }
    let server = folder.server();
    assert_eq!(name(&server), "one.example");
    std::os::unix::fs::symlink("2", folder.path("..new")).unwrap();
    std::fs::rename(folder.path("..new"), folder.path("..data")).unwrap();
    assert_eq!(server.reload(), Reload::Swapped { warnings: Vec::new() });
    assert_eq!(name(&server), "two.example");
}

#[tokio::test]
async fn what_cannot_be_used_leaves_the_old_in_force_and_is_told_once() {
    let authority = Authority::new("ca");
    let folder = Folder::with(&authority.server(&["relay.example"]));
    let server = folder.server();
    let client = Arc::new(client(&authority, BOTH));
    let (next, other) = (authority.server(&["relay.example", "next.example"]), authority.server(&["relay.example"]));
    let bad: [(&str, &dyn Fn()); 4] = [
        ("key does not belong", &|| folder.write("tls.crt", next.certificate.pem())),
        ("no private key", &|| folder.write("tls.key", "nothing")),
        ("no such file", &|| std::fs::remove_file(folder.path("tls.key")).unwrap()),
        ("key does not belong", &|| folder.write("tls.key", other.key.serialize_pem())),
    ];
    for (reason, spoil) in bad {
        spoil();
        let Reload::Refused(problems) = server.reload() else { panic!("{reason}: taken") };
        assert!(problems.to_string().contains(reason), "{problems}");
        assert_eq!(problems.0[0].file, ServerTlsFile::Key);
        assert_eq!(server.reload(), Reload::StillRefused);
        assert!(shake(&server, &client).await.1.is_ok(), "{reason}: the old certificate serves");
        assert_eq!(name(&server), "relay.example");
    }
    folder.install(&next);
    assert_eq!(server.reload(), Reload::Swapped { warnings: Vec::new() });
    assert_eq!(name(&server), "relay.examplenext.example");
}

/// Put back what was there before: nothing happened.
#[test]
fn a_mistake_that_is_undone_is_no_change() {
    let authority = Authority::new("ca");
    let good = authority.server(&["relay.example"]);
    let folder = Folder::with(&good);
    let server = folder.server();
    folder.write("tls.key", "");
    assert!(matches!(server.reload(), Reload::Refused(_)));
    folder.install(&good);
    assert_eq!(server.reload(), Reload::Unchanged);
    folder.write("tls.key", "");
    assert!(matches!(server.reload(), Reload::Refused(_)), "the same mistake again is told again");
}
