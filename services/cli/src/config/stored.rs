//! The configuration as the control plane has it.

use postroad_api::connector::v1::{Certificate, Connector};
use postroad_api::fleet::v1::{Relay, Site, SiteLink};

use super::document::Document;
use crate::client::ControlPlane;
use crate::{Failure, certificate, connector, relay, site, site_link};

/// What is stored, in order of name.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub(super) sites: Vec<Site>,
    pub(super) links: Vec<SiteLink>,
    /// Those that have a record.
    pub(super) relays: Vec<Relay>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) connectors: Vec<Connector>,
    /// Kinds that this control plane does not keep.
    pub(super) missing: Vec<&'static str>,
}

/// Which kinds are needed.
pub(super) struct Wanted {
    fleet: bool,
    certificates: bool,
    connectors: bool,
    /// A kind that the control plane does not know is no error.
    tolerant: bool,
}

impl Wanted {
    /// Whatever there is.
    pub(super) const fn everything() -> Self {
        Self { fleet: true, certificates: true, connectors: true, tolerant: true }
    }

    /// The kinds that a file speaks about.
    pub(super) const fn by(document: &Document) -> Self {
        Self {
            fleet: document.sites.is_some() || document.site_links.is_some() || document.relays.is_some(),
            certificates: document.certificates.is_some(),
            connectors: document.entries.is_some(),
            tolerant: false,
        }
    }
}

/// Reads it.
pub(super) async fn read(control_plane: &ControlPlane, wanted: &Wanted) -> Result<Stored, Failure> {
    let mut stored = Stored::default();
    if wanted.fleet {
        let read = async {
            let sites = site::all(control_plane).await?.sites;
            Ok((sites, site_link::all(control_plane).await?.site_links))
        };
        if let Some((sites, links)) = tolerate(read.await, wanted, "sites and links", &mut stored)? {
            (stored.sites, stored.links) = (sites, links);
        }
        let relays = relay::list::all(control_plane).await?.relays;
        stored.relays = relays.into_iter().filter(|relay| !relay.etag.is_empty()).collect();
    }
    if wanted.certificates {
        let read = certificate::all(control_plane).await;
        stored.certificates = tolerate(read, wanted, "certificates", &mut stored)?.map(|it| it.0).unwrap_or_default();
    }
    if wanted.connectors {
        stored.connectors = connector::read::all(control_plane, "", "").await?.0;
    }
    stored.sites.sort_by_cached_key(|it| it.name.to_lowercase());
    stored.links.sort_by_cached_key(|it| (it.from_site.to_lowercase(), it.to_site.to_lowercase()));
    stored.relays.sort_by_cached_key(|it| it.name.to_lowercase());
    stored.certificates.sort_by_cached_key(|it| it.name.to_lowercase());
    stored.connectors.sort_by_cached_key(|it| it.name.to_lowercase());
    Ok(stored)
}

fn tolerate<T>(
    read: Result<T, Failure>,
    wanted: &Wanted,
    kind: &'static str,
    stored: &mut Stored,
) -> Result<Option<T>, Failure> {
    match read {
        Err(Failure::Refused(refusal)) if wanted.tolerant && refusal.code() == tonic::Code::Unimplemented => {
            stored.missing.push(kind);
            Ok(None)
        }
        read => read.map(Some),
    }
}
