//! The driver, not to be edited: reads a batch of logs, calls `parse::answer` once for each, writes all answers.
//!
//! Input, little-endian: u32 number of logs; for each a u32 length of its queries and a u32 length of its log; then for
//! each its queries and its log. Output: for each log a u32 length of its answers, then the answers.
//!
//! It asks for no heap block of its own: input and output are mapped, and the stack is bounded before the first call.
#![no_main]

use std::alloc::System;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::slice::{from_raw_parts, from_raw_parts_mut};

extern crate parse;

#[global_allocator]
static ALLOCATOR: System = System;

const MOST_LOGS: usize = 256;
const MOST_INPUT: usize = 64 << 20;
const OUT_BYTES: usize = 64 << 10; // of one log's answers
const STACK_BYTES: u64 = 256 << 10;

#[repr(C)]
struct Limit {
    soft: u64,
    hard: u64,
}

extern "C" {
    fn open(path: *const c_char, flags: c_int, mode: u32) -> c_int;
    fn lseek(file: c_int, offset: i64, whence: c_int) -> i64;
    fn mmap(at: *mut c_void, length: usize, protection: c_int, flags: c_int, file: c_int, offset: i64) -> *mut c_void;
    fn write(file: c_int, bytes: *const u8, length: usize) -> isize;
    fn setrlimit(resource: c_int, limit: *const Limit) -> c_int;
    fn _exit(code: c_int) -> !;
}

const READ_ONLY: c_int = 0;
const CREATE: c_int = 0o1 | 0o100 | 0o1000; // for writing, made where it is not there, emptied
const STACK: c_int = 3; // RLIMIT_STACK

fn fail(what: &str) -> ! {
    unsafe {
        write(2, what.as_ptr(), what.len());
        _exit(2)
    }
}

/// The whole input as the kernel maps it: private and read-only.
unsafe fn input(path: *const c_char) -> &'static [u8] {
    let file = open(path, READ_ONLY, 0);
    let length = if file < 0 { -1 } else { lseek(file, 0, 2) };
    if length < 4 || length as usize > MOST_INPUT {
        fail("solve: cannot read the input\n");
    }
    let bytes = mmap(null_mut(), length as usize, 1, 2, file, 0);
    if bytes as isize == -1 {
        fail("solve: cannot map the input\n");
    }
    from_raw_parts(bytes as *const u8, length as usize)
}

unsafe fn put(file: c_int, bytes: &[u8]) {
    let mut at = 0;
    while at < bytes.len() {
        let done = write(file, bytes.as_ptr().add(at), bytes.len() - at);
        if done <= 0 {
            fail("solve: cannot write the output\n");
        }
        at += done as usize;
    }
}

fn word(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..at + 4) {
        Some(four) => u32::from_le_bytes([four[0], four[1], four[2], four[3]]) as usize,
        None => fail("solve: the input is too short\n"),
    }
}

#[no_mangle]
pub unsafe extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    if count != 3 {
        fail("usage: solve INPUT OUTPUT\n");
    }
    let bytes = input(*arguments.add(1));
    let logs = word(bytes, 0);
    if logs > MOST_LOGS {
        fail("solve: too many logs\n");
    }
    let room = mmap(null_mut(), OUT_BYTES, 3, 0x22, -1, 0);
    let file = open(*arguments.add(2), CREATE, 0o644);
    if room as isize == -1 || file < 0 {
        fail("solve: cannot open the output\n");
    }
    let limit = Limit { soft: STACK_BYTES, hard: STACK_BYTES };
    if setrlimit(STACK, &limit) != 0 {
        fail("solve: cannot bound the stack\n");
    }
    let mut at = 4 + 8 * logs;
    for log in 0..logs {
        let (queries, lines) = (word(bytes, 4 + 8 * log), word(bytes, 8 + 8 * log));
        if bytes.len() < at + queries + lines {
            fail("solve: the input is too short\n");
        }
        let out = from_raw_parts_mut(room as *mut u8, OUT_BYTES);
        out.fill(0);
        let length = parse::answer(&bytes[at..at + queries], &bytes[at + queries..at + queries + lines], out);
        if length > OUT_BYTES {
            fail("solve: more answers than there is room for\n");
        }
        put(file, &(length as u32).to_le_bytes());
        put(file, &out[..length]);
        at += queries + lines;
    }
    _exit(0)
}
