use std::cell::RefCell;

thread_local! {
    static ROOM: RefCell<[u8; 1 << 20]> = const { RefCell::new([0; 1 << 20]) };
}

pub fn answer(_queries: &[u8], _log: &[u8], out: &mut [u8]) -> usize {
    ROOM.with(|room| {
        room.borrow_mut()[_log.len()] = 1;
        out[..1000].copy_from_slice(&room.borrow()[..1000]);
    });
    1
}
