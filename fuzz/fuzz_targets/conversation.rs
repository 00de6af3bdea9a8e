#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unscramble_fuzz::conversation::run(data));
