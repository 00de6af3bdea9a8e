#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unscramble_fuzz::extract::run(data));
