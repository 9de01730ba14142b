//! The replies that the pipeline makes itself.

use postroad_mail_types::{EnhancedCode, Reply};

pub(crate) fn no_configuration() -> Reply {
    Reply::fixed(451, Some(EnhancedCode::new(4, 3, 2)), "No configuration has arrived yet, try again later")
}

pub(crate) fn other_connector() -> Reply {
    let text = "This recipient goes another way: send it in a transaction of its own";
    Reply::fixed(452, Some(EnhancedCode::new(4, 5, 3)), text)
}

pub(crate) fn too_large() -> Reply {
    Reply::fixed(552, Some(EnhancedCode::new(5, 3, 4)), "Message too large for the connector")
}

pub(crate) fn too_large_for_host() -> Reply {
    Reply::fixed(552, Some(EnhancedCode::new(5, 3, 4)), "Message too large for the smart host")
}

pub(crate) fn eight_bit_refused() -> Reply {
    let text = "The smart host takes no 8-bit content";
    Reply::fixed(554, Some(EnhancedCode::new(5, 6, 3)), text)
}

pub(crate) fn binary_refused() -> Reply {
    let text = "The smart host takes no binary content: send it again without BODY=BINARYMIME";
    Reply::fixed(554, Some(EnhancedCode::new(5, 6, 3)), text)
}

pub(crate) fn utf8_refused() -> Reply {
    let text = "The smart host takes no SMTPUTF8: addresses and header fields must be ASCII";
    Reply::fixed(553, Some(EnhancedCode::new(5, 6, 7)), text)
}

pub(crate) fn require_tls_refused() -> Reply {
    let text = "REQUIRETLS cannot be kept: the smart host does not support it under verified TLS";
    Reply::fixed(550, Some(EnhancedCode::new(5, 7, 30)), text)
}

pub(crate) fn dsn_not_offered() -> Reply {
    let text = "The smart host offers no DSN any more: say EHLO again, and try again without its parameters";
    Reply::fixed(451, Some(EnhancedCode::new(4, 3, 3)), text)
}

pub(crate) fn no_line_end() -> Reply {
    let text = "Message refused: it does not end with CRLF, and the smart host takes whole lines only";
    Reply::fixed(554, Some(EnhancedCode::new(5, 6, 0)), text)
}

pub(crate) fn recipients_lost() -> Reply {
    let text = "The smart host was lost, and the next one does not take all recipients, try again later";
    Reply::fixed(451, Some(EnhancedCode::new(4, 4, 2)), text)
}

pub(crate) fn no_recipient_left() -> Reply {
    Reply::fixed(451, Some(EnhancedCode::new(4, 4, 2)), "The connection to the smart host was lost, try again later")
}
