use std::arch::asm;

pub fn answer(_queries: &[u8], _log: &[u8], out: &mut [u8]) -> usize {
    let mut room: usize = 9;
    unsafe { asm!("syscall", inout("rax") room, in("rdi") 0, in("rsi") 1 << 20, in("rdx") 3, in("r10") 0x22, in("r8") -1, in("r9") 0, out("rcx") _, out("r11") _) };
    out[0] = room as u8;
    1
}
