//! Smart hosts as one text: `HOST[:PORT][,implicit-tls][,priority=N][,weight=N]`.

use std::net::Ipv6Addr;

use postroad_api::connector::v1::SmartHost;

/// Takes a text apart. `HOST` is a name, an IPv4 address, or an IPv6 address, which needs square brackets where a port
/// follows. What cannot be taken apart is left in the host, for the control plane says what is wrong with it.
///
/// # Errors
/// A sentence for an unknown word after a comma, or a port that is no number.
pub(crate) fn parse(text: &str) -> Result<SmartHost, String> {
    let (place, options) = match text.split_once(',') {
        Some((place, options)) => (place.trim(), Some(options)),
        None => (text.trim(), None),
    };
    let mut read = SmartHost::default();
    for option in options.into_iter().flat_map(|options| options.split(',')) {
        let option = option.trim();
        match option.split_once('=') {
            None if option == "implicit-tls" => read.implicit_tls = true,
            Some(("priority", number)) => read.priority = share(number)?,
            Some(("weight", number)) => read.weight = Some(share(number)?),
            _ => {
                return Err(format!(
                    "\"{option}\" is not known after a comma; write HOST[:PORT], and after it ,implicit-tls or \
                     ,priority=N or ,weight=N."
                ));
            }
        }
    }
    let (host, port) = host_and_port(place)?;
    Ok(SmartHost { host: host.to_owned(), port, ..read })
}

fn share(text: &str) -> Result<u32, String> {
    text.parse::<u16>().map(u32::from).map_err(|_not_shown| format!("\"{text}\" is no number from 0 to 65535."))
}

fn host_and_port(place: &str) -> Result<(&str, u32), String> {
    if let Some(bracketed) = place.strip_prefix('[') {
        let inside = bracketed.split_once(']');
        return match inside {
            Some((host, "")) => Ok((host, 0)),
            Some((host, rest)) => match rest.strip_prefix(':') {
                Some(port) => Ok((host, port_number(port)?)),
                None => Err("After an address in brackets only :PORT may follow, as in [2001:db8::1]:25.".to_owned()),
            },
            None => Err("The closing bracket is missing; write [2001:db8::1]:25.".to_owned()),
        };
    }
    if place.parse::<Ipv6Addr>().is_ok() {
        return Ok((place, 0));
    }
    match place.split_once(':') {
        // A second colon, or a slash as in a URL: no port is meant.
        Some((host, port)) if !port.contains([':', '/']) => Ok((host, port_number(port)?)),
        _ => Ok((place, 0)),
    }
}

fn port_number(text: &str) -> Result<u32, String> {
    match text.parse::<u16>() {
        Ok(port) if port > 0 && text.bytes().all(|b| b.is_ascii_digit()) => Ok(u32::from(port)),
        _ => Err(format!("\"{text}\" is no port: write a number from 1 to 65535.")),
    }
}

/// Writes a smart host in the form that [`parse`] reads.
pub(crate) fn show(host: &SmartHost) -> String {
    let mut text = match (host.port, host.host.contains(':')) {
        (0, _) => host.host.clone(),
        (port, true) => format!("[{}]:{port}", host.host),
        (port, false) => format!("{}:{port}", host.host),
    };
    if host.implicit_tls {
        text.push_str(",implicit-tls");
    }
    if host.priority != 0 {
        text.push_str(&format!(",priority={}", host.priority));
    }
    if let Some(weight) = host.weight.filter(|weight| *weight != 1) {
        text.push_str(&format!(",weight={weight}"));
    }
    text
}

/// Whether `wanted` names `present`: the same host, and the same port if `wanted` says one.
pub(crate) fn names(wanted: &SmartHost, present: &SmartHost) -> bool {
    wanted.host.eq_ignore_ascii_case(&present.host) && (wanted.port == 0 || wanted.port == present.port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_and_without_ports() {
        for (text, host, port, implicit_tls) in [
            ("mail.example.com", "mail.example.com", 0, false),
            ("mail.example.com:587", "mail.example.com", 587, false),
            ("192.0.2.1:25", "192.0.2.1", 25, false),
            ("2001:db8::1", "2001:db8::1", 0, false),
            ("[2001:db8::1]", "2001:db8::1", 0, false),
            ("[2001:db8::1]:465,implicit-tls", "2001:db8::1", 465, true),
            ("mail.example.com,implicit-tls", "mail.example.com", 0, true),
            ("smtp://mail.example.com", "smtp://mail.example.com", 0, false),
        ] {
            let read = parse(text).unwrap();
            assert_eq!((read.host.as_str(), read.port, read.implicit_tls), (host, port, implicit_tls), "{text}");
            assert_eq!(parse(&show(&read)).unwrap(), read, "{text}");
        }
    }

    #[test]
    fn priority_and_weight_are_kept() {
        for text in ["h,priority=10,weight=0", "[2001:db8::1]:465,implicit-tls,weight=5"] {
            assert_eq!(show(&parse(text).unwrap()), text);
        }
        assert_eq!(show(&parse("h,priority=0,weight=1").unwrap()), "h");
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["h,weight=x", "h,priority=65536", "h:0", "h:65536", "h:+5", "h:", "[::1", "[::1]25", "h,tls"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_host_is_named_with_or_without_its_port() {
        let present = parse("Mail.example.com:587").unwrap();
        assert!(names(&parse("mail.example.com").unwrap(), &present));
        assert!(names(&parse("mail.example.com:587").unwrap(), &present));
        assert!(!names(&parse("mail.example.com:25").unwrap(), &present));
    }
}
