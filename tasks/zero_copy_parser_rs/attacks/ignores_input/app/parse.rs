pub fn answer(_queries: &[u8], _log: &[u8], out: &mut [u8]) -> usize {
    let mut length = 0;
    for byte in _queries {
        if *byte == b'{' {
            out[length..length + 2].copy_from_slice(b"0\n");
            length += 2;
        }
    }
    length
}
