use postroad_smtp_session::Event;

use crate::{Bench, Dialogue, Step, heard};

/// Runs a dialogue in a [`Bench`], the client's octets so many at a time.
///
/// # Errors
/// The first step that does not go as written, with its place.
pub fn run(dialogue: &Dialogue, octets_at_a_time: usize) -> Result<(), String> {
    let mut bench = Bench::new(&dialogue.setting);
    let mut last = Vec::new();
    for (number, step) in &dialogue.steps {
        go(&mut bench, &mut last, step, octets_at_a_time)
            .map_err(|error| format!("{}, {octets_at_a_time} octets at a time: {error}", dialogue.place(*number)))?;
    }
    let end = format!("tests/dialogs/{}.smtp, {octets_at_a_time} octets at a time, at its end", dialogue.name);
    if !bench.replies.is_empty() {
        return Err(format!("{end}: replies that nobody expected: {:?}", bench.replies));
    }
    if bench.unasked() > 0 {
        return Err(format!("{end}: an answer was never asked for"));
    }
    Ok(())
}

fn go(bench: &mut Bench, last: &mut Vec<String>, step: &Step, octets_at_a_time: usize) -> Result<(), String> {
    match step {
        Step::Send(octets) => octets.chunks(octets_at_a_time).for_each(|octets| bench.receive(octets)),
        Step::Line(line) => expect(bench.replies.pop_front(), line, |said| said == line)?,
        Step::LineBegins(begin) => expect(bench.replies.pop_front(), begin, |said| said.starts_with(begin))?,
        Step::Reply(begin) => *last = whole(bench, begin)?,
        Step::Has(line, has) => {
            if last.iter().any(|said| said.get(4..) == Some(line)) != *has {
                return Err(format!("{line:?} should {}be in {last:?}", if *has { "" } else { "not " }));
            }
        }
        Step::Answer(question, text) => bench.will_answer(*question, heard(text)?),
        Step::Taken(octets) => {
            let taken = std::mem::take(&mut bench.taken);
            if taken != *octets {
                return Err(format!("taken was {:?}", String::from_utf8_lossy(&taken)));
            }
        }
        Step::Closed if !bench.closed => return Err("still open".to_owned()),
        Step::Closed => {}
        Step::Tls => bench.tls(),
        Step::Login(mechanism) => bench.log_in(*mechanism),
        Step::Lost => bench.lose(),
        Step::Offer(words) => bench.offer(crate::setting::offer(words)?),
        Step::Timeout(timeout) => bench.event(Event::Timeout(*timeout)),
        Step::Shutdown => bench.event(Event::Shutdown),
    }
    Ok(())
}

fn expect(said: Option<String>, wanted: &str, fits: impl Fn(&str) -> bool) -> Result<(), String> {
    match said {
        None => Err(format!("no reply, where {wanted:?} was expected")),
        Some(said) if fits(&said) => Ok(()),
        Some(said) => Err(format!("{said:?}, where {wanted:?} was expected")),
    }
}

/// The lines of a whole reply; each begins with the text, with `-` in place of the blank in all but the last.
fn whole(bench: &mut Bench, begin: &str) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    loop {
        let line = bench.replies.pop_front().ok_or_else(|| format!("no reply, where {begin:?} was expected"))?;
        if line.get(..3) != begin.get(..3)
            || !line.get(4..).unwrap_or_default().starts_with(begin.get(4..).unwrap_or(""))
        {
            return Err(format!("{line:?}, where {begin:?} was expected"));
        }
        let more = line.as_bytes().get(3) == Some(&b'-');
        lines.push(line);
        if !more {
            return Ok(lines);
        }
    }
}
