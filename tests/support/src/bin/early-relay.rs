//! A relay that is wrong on purpose: it says 250 as soon as it has read a message, and only then hands it on. The
//! harness that kills relays must catch it, or the harness proves nothing.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::let_underscore_must_use,
    reason = "a program of the tests: plain threads, and it may fail loudly"
)]

use std::env;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use postroad_test_support::Wire;

fn main() {
    let host: SocketAddr = env::args().nth(1).and_then(|text| text.parse().ok()).expect("argument: ADDRESS:PORT");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    println!(r#"{{"message":"listening","port_name":"smtp","address":"{address}"}}"#);
    for stream in listener.incoming().map_while(Result::ok) {
        thread::spawn(move || {
            let wire = Wire::over(stream, Duration::from_secs(60));
            let _ = wire.and_then(|mut wire| serve(&mut wire, host));
        });
    }
}

fn serve(client: &mut Wire, host: SocketAddr) -> io::Result<()> {
    client.stop_recording();
    client.write(b"220 early.example ESMTP\r\n")?;
    loop {
        let line = client.read_line()?;
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_slice() {
            b"DATA" => {
                client.write(b"354 go ahead\r\n")?;
                let message = read_message(client)?;
                client.write(b"250 2.0.0 trust me\r\n")?;
                hand_on(&message, host)?;
            }
            b"QUIT" => return client.write(b"221 2.0.0 bye\r\n"),
            _ => client.write(b"250 2.0.0 ok\r\n")?,
        }
    }
}

fn read_message(client: &mut Wire) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let line = client.read_line()?;
        message.extend_from_slice(&line);
        if line == b".\r\n" {
            return Ok(message);
        }
    }
}

fn hand_on(message: &[u8], host: SocketAddr) -> io::Result<()> {
    let mut wire = Wire::connect(host, Duration::from_secs(30))?;
    reply(&mut wire)?;
    for command in ["EHLO early.example", "MAIL FROM:<a@sender.example>", "RCPT TO:<b@rcpt.example>", "DATA"] {
        wire.write(format!("{command}\r\n").as_bytes())?;
        reply(&mut wire)?;
    }
    wire.write(message)?;
    reply(&mut wire)
}

fn reply(wire: &mut Wire) -> io::Result<()> {
    loop {
        let line = wire.read_line()?;
        if line.get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}
