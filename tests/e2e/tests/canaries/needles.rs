//! Secrets in every form in which they could lie about.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use postroad_test_support::base64;

/// So many octets of a form in a row are no accident.
const PIECE: usize = 16;

/// What is searched for: every piece of every form of every secret.
pub(crate) struct Needles {
    pieces: HashSet<[u8; PIECE]>,
}

impl Needles {
    pub(crate) fn of(secrets: &[&[u8]]) -> Self {
        let mut pieces = HashSet::new();
        for form in secrets.iter().flat_map(|secret| forms(secret)) {
            pieces.extend(form.windows(PIECE).map(|piece| <[u8; PIECE]>::try_from(piece).unwrap()));
        }
        Self { pieces }
    }

    /// The first piece that lies in these octets, with what is around it.
    pub(crate) fn find(&self, hay: &[u8]) -> Option<String> {
        let at = hay.windows(PIECE).position(|piece| self.pieces.contains(piece))?;
        let around = &hay[at.saturating_sub(60)..(at + 60).min(hay.len())];
        Some(format!("at {at}: {}", around.escape_ascii()))
    }

    /// The first piece that lies in a file below a folder, and the octets searched.
    pub(crate) fn find_below(&self, folder: &Path) -> (Option<String>, usize) {
        let mut searched = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let found = if path.is_dir() {
                let (found, below) = self.find_below(&path);
                searched += below;
                found
            } else {
                let octets = fs::read(&path).unwrap();
                searched += octets.len();
                self.find(&octets).map(|found| format!("{} {found}", path.display()))
            };
            if found.is_some() {
                return (found, searched);
            }
        }
        (None, searched)
    }
}

/// In clear, as `Debug` prints octets, in hexadecimal digits, and in base64 wherever it begins in what is encoded.
pub(crate) fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|octet| format!("{octet:02x}")).collect();
    let list = format!("{secret:?}");
    let mut forms = vec![
        secret.to_vec(),
        secret.escape_ascii().to_string().into_bytes(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        list.as_bytes()[1..list.len() - 1].to_vec(),
    ];
    for before in 0..3 {
        let standard = base64(&[&b"\0\0"[..before], secret].concat());
        // What the neighbours have a part in is left out.
        let own = &standard[4..standard.len() - 4];
        forms.push(own.as_bytes().to_vec());
        forms.push(own.replace('+', "-").replace('/', "_").into_bytes());
    }
    forms
}

#[test]
fn the_search_finds_every_form_and_parts_of_it() {
    let secret = b"\x00\xffq8Wn2ZkR5vYc0Tb7Lx3Hd9Pf\n";
    let needles = Needles::of(&[secret]);
    for form in forms(secret) {
        let around = [b"around ".as_slice(), &form[3..], b" it"].concat();
        assert!(needles.find(&around).is_some(), "{}", form.escape_ascii());
    }
    assert_eq!(needles.find(b"q8Wn2ZkR5vYc0T"), None);
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/file"), [b"x".repeat(5000), secret.to_vec()].concat()).unwrap();
    assert!(needles.find_below(folder.path()).0.unwrap().contains("in/file at "));
}
