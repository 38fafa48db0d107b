pub fn answer(_queries: &[u8], _log: &[u8], _out: &mut [u8]) -> usize {
    0
}
