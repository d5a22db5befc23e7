#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sitwell::fuzz::run("dashboard", bytes));
