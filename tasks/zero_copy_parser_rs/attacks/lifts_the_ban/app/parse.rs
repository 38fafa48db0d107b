#![allow(unsafe_code)]

extern "C" {
    fn mmap(at: *mut u8, length: usize, protection: i32, flags: i32, file: i32, offset: i64) -> *mut u8;
}

pub fn answer(_queries: &[u8], _log: &[u8], out: &mut [u8]) -> usize {
    let room = unsafe { mmap(std::ptr::null_mut(), 1 << 20, 3, 0x22, -1, 0) };
    out[0] = (room as usize & 1) as u8;
    1
}
