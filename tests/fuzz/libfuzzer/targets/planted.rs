//! A fault that is planted, four octets deep: a fuzzer that does not find it within seconds is blind.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut depth = 0;
    for (octet, wanted) in input.iter().zip(b"\x8bQ!\xe2") {
        if octet != wanted {
            return;
        }
        depth += 1;
    }
    assert_ne!(depth, 4, "the planted fault");
});
