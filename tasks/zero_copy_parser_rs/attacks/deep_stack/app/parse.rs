pub fn answer(_queries: &[u8], _log: &[u8], out: &mut [u8]) -> usize {
    let mut room = [0u8; 2 << 20];
    for (place, byte) in _log.iter().enumerate() {
        room[place << 4] = *byte;
    }
    for byte in out.iter_mut() {
        *byte = room[(*byte as usize + _log.len()) << 4];
    }
    1
}
