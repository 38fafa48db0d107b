use std::alloc::{GlobalAlloc, Layout};

struct Pieces;

unsafe impl GlobalAlloc for Pieces {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        std::ptr::null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MINE: Pieces = Pieces;

pub fn answer(_queries: &[u8], _log: &[u8], out: &mut [u8]) -> usize {
    out[0] = b'0';
    1
}
