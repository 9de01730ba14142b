use postroad_dialogs::Dialogue;
use postroad_interop::Authority;
use postroad_smtp_codec::sasl::Mechanism;
use postroad_smtp_session::SessionSettings;

/// What the file of listeners takes at least as `limits.max_message_size`; dialogues have 1000.
pub(crate) const SIZE: u64 = 65_536;

/// The fields of a listener that fits a dialogue, all but its name and address; or why there is none.
pub(crate) fn listener(dialogue: &Dialogue, authority: &Authority, tls: bool) -> Result<String, &'static str> {
    let setting = &dialogue.setting;
    let session = &setting.session;
    let limits = limits(session)?;
    if setting.may_xclient {
        return Err("its client speaks for addresses of 192.0.2.0/24 and 198.51.100.0/24");
    }
    if !(session.mechanisms.is_empty() || setting.implicit_tls || session.starttls) {
        return Err("a listener with a login has a certificate, and so STARTTLS");
    }
    if session.mechanisms.iter().any(|mechanism| matches!(mechanism, Mechanism::External | Mechanism::OAuthBearer)) {
        return Err("it needs a client's certificate or somebody who checks tokens");
    }
    let mode = match (session.submission, setting.implicit_tls) {
        (false, _) => "smtp",
        (true, false) => "submission",
        (true, true) => "implicit-tls",
    };
    let mut fields = format!("mode: {mode}, host_name: relay.example, limits: {{ {limits} }}");
    if !session.submission {
        fields += ", allow_networks: [127.0.0.1/32]";
    }
    if tls || setting.implicit_tls || session.starttls {
        let (certificate, key) = (authority.certificate.display(), authority.key.display());
        let required = if mode == "implicit-tls" || session.require_tls { "true" } else { "false" };
        fields += &format!(", tls: {{ certificate: {certificate:?}, key: {key:?}, required: {required} }}");
    }
    if !session.mechanisms.is_empty() {
        let names: Vec<&str> = session.mechanisms.iter().map(Mechanism::name).collect();
        let (names, required) = (names.join(", "), session.require_auth);
        fields += &format!(", auth: {{ users: users.yaml, required: {required}, mechanisms: [{names}] }}");
    }
    Ok(fields)
}

fn limits(session: &SessionSettings) -> Result<String, &'static str> {
    let usual = postroad_dialogs::Setting::default().session;
    if session.max_hops < 100 || session.max_header_size != usual.max_header_size {
        return Err("listeners take no limits of hops and of headers so small");
    }
    if session.max_message_size != usual.max_message_size {
        return Err("listeners take no limit of messages so small");
    }
    let low = session.max_errors < 4 || session.max_refused_recipients < 10 || session.max_idle_commands < 10;
    if low || session.max_auth_failures < 3 {
        return Err("listeners take no limits of errors, recipients or commands so small");
    }
    let (recipients, messages) = (session.max_recipients, session.max_messages.unwrap_or_default());
    Ok(format!(
        "max_message_size: {SIZE}, max_recipients: {recipients}, max_messages_per_session: {messages}, \
         max_errors: {}, max_refused_recipients: {}, max_commands_without_mail: {}, max_auth_failures: {}, max_hops: {}, \
         strict_pipelining: {}",
        session.max_errors,
        session.max_refused_recipients,
        session.max_idle_commands,
        session.max_auth_failures,
        session.max_hops,
        session.strict_pipelining
    ))
}
