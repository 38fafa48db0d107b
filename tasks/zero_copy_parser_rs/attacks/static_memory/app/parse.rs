use std::sync::Mutex;

static ROOM: Mutex<[u8; 1 << 20]> = Mutex::new([0; 1 << 20]);

pub fn answer(_queries: &[u8], _log: &[u8], out: &mut [u8]) -> usize {
    let mut room = ROOM.lock().unwrap();
    room[_log.len()] = 1;
    out[..1000].copy_from_slice(&room[..1000]);
    1
}
