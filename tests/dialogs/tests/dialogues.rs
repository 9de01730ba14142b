//! Every dialogue, whole and octet by octet.

use postroad_dialogs::{Dialogue, run};

#[test]
fn every_dialogue_goes_as_written() {
    let dialogues = Dialogue::all();
    assert!(dialogues.len() >= 40, "only {} dialogues were found", dialogues.len());
    let wrong: Vec<String> = dialogues
        .iter()
        .flat_map(|dialogue| [usize::MAX, 1, 7].into_iter().filter_map(|octets| run(dialogue, octets).err()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_dialogue_that_does_not_go_as_written_is_noticed() {
    for text in ["<- 220 other.example", "<~ 220\n-> NOOP", "<~ 220\n<< closed", "<= 220\n<+ STARTTLS", "<~ 220\n!! x"]
    {
        let dialogue = Dialogue::parse("x", text).unwrap();
        assert!(run(&dialogue, 1).is_err(), "{text}");
    }
    for text in ["** over clear", "** over air: it flies", "** tls", "** listener implicit-tls", "NOOP"] {
        assert_eq!(Dialogue::parse("x", text).unwrap_err().len(), 1, "{text}");
    }
    let wrong = Dialogue::parse("x", "%% y\n** listener blue\n=> \\q\n?? whom 250 Ok").unwrap_err();
    assert_eq!(wrong.len(), 4, "{wrong:?}");
}
