//! Drafts that are accepted, to be changed by the rows of the tables.

use postroad_connector_model::{
    AddressSpaceDraft, BasicDraft, Connector, ConnectorDraft, CredentialDraft, KerberosDraft, OAuthDraft,
    SmartHostDraft, TokenClient, TokenSourceDraft, Warning,
};

/// What a row does to a draft that is accepted, and what is then said, in this order.
pub(crate) type Row = (fn(&mut ConnectorDraft), &'static [(&'static str, &'static str)]);

/// Path and text of each problem.
pub(crate) type Problems = Vec<(String, String)>;

/// The smallest draft that is accepted: to the smart host 192.168.3.2.
pub(crate) fn sound() -> ConnectorDraft {
    ConnectorDraft {
        id: "c0ffee00-0000-4000-8000-000000000001".to_owned(),
        name: "Smart host to Internet".to_owned(),
        address_spaces: vec![space("*")],
        smart_hosts: vec![host("192.168.3.2")],
        ..ConnectorDraft::default()
    }
}

/// Makes it one for a named host, as logins that prove the host want.
pub(crate) fn named(draft: &mut ConnectorDraft) {
    draft.smart_hosts = vec![host("mail.contoso.com")];
}

/// Makes it one that is routed by MX.
pub(crate) fn by_mx(draft: &mut ConnectorDraft) {
    draft.smart_hosts.clear();
}

/// Makes it one that is linked to a listener.
pub(crate) fn linked(draft: &mut ConnectorDraft) {
    draft.address_spaces.clear();
    draft.linked_listener = "appliances".to_owned();
}

pub(crate) fn space(text: &str) -> AddressSpaceDraft {
    AddressSpaceDraft { space: text.to_owned(), ..AddressSpaceDraft::default() }
}

pub(crate) fn host(text: &str) -> SmartHostDraft {
    SmartHostDraft { host: text.to_owned(), ..SmartHostDraft::default() }
}

pub(crate) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

pub(crate) fn basic(user: &str, has_password: bool) -> Option<CredentialDraft> {
    Some(CredentialDraft::Basic(BasicDraft { user: user.to_owned(), has_password }))
}

pub(crate) fn kerberos(principal: &str, has_keytab: bool) -> Option<CredentialDraft> {
    Some(CredentialDraft::Kerberos(KerberosDraft { principal: principal.to_owned(), has_keytab }))
}

pub(crate) fn oauth(user: &str, source: Option<TokenSourceDraft>) -> Option<CredentialDraft> {
    Some(CredentialDraft::OAuth(OAuthDraft { user: user.to_owned(), source }))
}

pub(crate) fn client() -> TokenClient {
    TokenClient {
        token_endpoint: "https://login.example.com/token".to_owned(),
        client_id: "postroad".to_owned(),
        scope: String::new(),
    }
}

pub(crate) fn static_token(has_token: bool) -> Option<TokenSourceDraft> {
    Some(TokenSourceDraft::Static { has_token })
}

pub(crate) fn accept(change: impl FnOnce(&mut ConnectorDraft)) -> Result<(Connector, Vec<Warning>), Problems> {
    let mut draft = sound();
    change(&mut draft);
    let told = |violations: postroad_connector_model::Violations| {
        violations.0.into_iter().map(|v| (v.field, v.text)).collect::<Problems>()
    };
    Connector::from_draft(draft).map_err(told)
}

pub(crate) fn check(change: impl FnOnce(&mut ConnectorDraft)) -> Result<Connector, Problems> {
    accept(change).map(|(connector, _warnings)| connector)
}

/// Each row is refused with its problems and no others.
pub(crate) fn refuses(rows: &[Row]) {
    for (at, (change, expected)) in rows.iter().enumerate() {
        let found = check(*change).expect_err(&format!("row {at} ({expected:?}) was accepted"));
        let found: Vec<_> = found.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
        assert_eq!(found, *expected, "row {at}");
    }
}
