//! One secret of each kind, and connectors and certificates that hold them.

use postroad_api::connector::v1::credential::Kind;
use postroad_api::connector::v1::o_auth_credential::Source;
use postroad_api::connector::v1::{
    AuthMechanism, BasicCredential, Certificate, ClientCredentialsGrant, Connector, Credential, KerberosCredential,
    OAuthCredential, RefreshTokenGrant, SmartHost, StaticToken,
};
use postroad_test_support::space;

pub(crate) const PASSWORD: &str = "q8Wn2ZkR5vYc0Tb7Lx3Hd9PfJs6Mg1Ea";
pub(crate) const NEW_PASSWORD: &str = "Bt4Kz9Xw1Qn6Vr3Fy8Ls5Hc2Dm7Jg0Pu";
const TOKEN: &str = "h5Ud2Yo8Ri3Ke7Nv1Bs6Ct9Gx4Mz0Wl";
const CLIENT_SECRET: &str = "Vw7Pj1Tn4Xg8Ob5Zr2Ek9Qs6Hy3Dm0F";
const PUBLIC_SECRET: &str = "m3Lf6Ac9Ry2Ju5Ix8Wd1Gp4Nz7Vt0Ho";
const REFRESH_TOKEN: &str = "Ks0Yb3Qe6Mw9Th2Zl5Cv8Rn1Xi4Uf7D";
const KEYTAB: &[u8] = b"\x05\x02\x00\x00gZ4\xfe\x91Wq7Nk\xd0\x1bRb2Vy\xc3\x8aHs9Tm\xee\x05Jx6";
/// Stands in the clear beside the secrets: the search must find it where it must not find them.
pub(crate) const OPEN: &str = "Tg2Hw8Ln5Sx1Pd7Rk4Cz9Vb6Ym3Qj0E";

/// A private key and its certificate, made for this run.
pub(crate) struct Key {
    pub(crate) certificate: String,
    pem: String,
    der: Vec<u8>,
}

impl Key {
    pub(crate) fn new() -> Self {
        let rcgen::CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(vec!["relay.example".to_owned()]).unwrap();
        Self { certificate: cert.pem(), pem: signing_key.serialize_pem(), der: signing_key.serialize_der() }
    }

    pub(crate) fn certificate(&self, name: &str) -> Certificate {
        Certificate {
            name: name.to_owned(),
            certificates_pem: self.certificate.clone(),
            private_key_pem: self.pem.clone(),
            etag: "*".to_owned(),
            ..Certificate::default()
        }
    }

    /// The part of the key that its certificate does not show: a P-256 key begins behind a head of 36 octets.
    fn private(&self) -> &[u8] {
        &self.der[36..68]
    }
}

pub(crate) fn all(key: &Key) -> Vec<&[u8]> {
    let texts = [PASSWORD, NEW_PASSWORD, TOKEN, CLIENT_SECRET, PUBLIC_SECRET, REFRESH_TOKEN];
    texts.iter().map(|text| text.as_bytes()).chain([KEYTAB, key.private()]).collect()
}

pub(crate) fn password(text: &str) -> Kind {
    Kind::Basic(BasicCredential { user: "app".into(), password: text.into(), password_set: false })
}

fn oauth(source: Source) -> Kind {
    Kind::Oauth(OAuthCredential { user: "app".into(), source: Some(source) })
}

/// A connector that logs in so; its comment is in the clear.
pub(crate) fn connector(name: &str, mechanism: AuthMechanism, kind: Kind) -> Connector {
    Connector {
        name: name.to_owned(),
        comment: OPEN.to_owned(),
        address_spaces: vec![space(&format!("{name}.example"), 1)],
        smart_hosts: vec![SmartHost { host: "mail.contoso.com".into(), ..SmartHost::default() }],
        auth_mechanism: mechanism.into(),
        credential: Some(Credential { kind: Some(kind) }),
        etag: "*".to_owned(),
        ..Connector::default()
    }
}

/// One connector for each kind of account.
pub(crate) fn connectors() -> Vec<Connector> {
    let endpoint = || "https://login.example.com/token".to_owned();
    let by_client = ClientCredentialsGrant {
        token_endpoint: endpoint(),
        client_id: "postroad".into(),
        client_secret: CLIENT_SECRET.into(),
        client_secret_set: false,
        scope: String::new(),
    };
    let by_refresh = RefreshTokenGrant {
        token_endpoint: endpoint(),
        client_id: "postroad".into(),
        client_secret: PUBLIC_SECRET.into(),
        client_secret_set: false,
        refresh_token: REFRESH_TOKEN.into(),
        refresh_token_set: false,
        scope: String::new(),
    };
    let kerberos =
        KerberosCredential { principal: "app@CONTOSO.COM".into(), keytab: KEYTAB.to_vec(), keytab_set: false };
    let token = StaticToken { token: TOKEN.into(), token_set: false };
    vec![
        connector("basic", AuthMechanism::Basic, password(PASSWORD)),
        connector("static", AuthMechanism::Xoauth2, oauth(Source::StaticToken(token))),
        connector("client", AuthMechanism::Oauthbearer, oauth(Source::ClientCredentials(by_client))),
        connector("refresh", AuthMechanism::Oauthbearer, oauth(Source::RefreshToken(by_refresh))),
        connector("kerberos", AuthMechanism::ExchangeServer, Kind::Kerberos(kerberos)),
    ]
}

/// The same connector with everything wrong that can be wrong beside a secret.
pub(crate) fn spoiled(connector: &Connector) -> Vec<Connector> {
    let of = |change: fn(&mut Connector)| {
        let mut spoiled = connector.clone();
        spoiled.name.push_str("-spoiled");
        change(&mut spoiled);
        spoiled
    };
    vec![
        of(|c| c.name.clear()),
        of(|c| c.smart_hosts[0].host = "a:1".into()),
        of(|c| c.auth_mechanism = AuthMechanism::None.into()),
        of(|c| c.auth_mechanism = 99),
        of(|c| (c.require_tls, c.ignore_starttls) = (true, true)),
        of(|c| c.smart_hosts.clear()),
        // A secret where a name belongs: the text of the violation must not quote it.
        of(|c| c.smart_hosts[0].host = format!("{PASSWORD}:587")),
        of(|c| match c.credential.as_mut().unwrap().kind.as_mut().unwrap() {
            Kind::Basic(it) => it.password = format!("{PASSWORD}\0{PASSWORD}"),
            Kind::Kerberos(it) => it.keytab = KEYTAB.repeat(2000),
            Kind::Oauth(it) => match it.source.as_mut().unwrap() {
                Source::StaticToken(it) => it.token.push('\u{1}'),
                Source::ClientCredentials(it) => it.client_secret = CLIENT_SECRET.repeat(1000),
                Source::RefreshToken(it) => it.refresh_token.push('\n'),
            },
        }),
    ]
}
