#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| postroad_fuzz::sasl_exchange(input));
