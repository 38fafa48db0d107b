//! Answers queries about a log of JSON lines without taking anything out of it: a value is a slice of the line that it
//! stands in, escapes are undone while it is compared, counted or hashed, and never anywhere else. All groups of all
//! queries lie in one table, which is asked for once there are more than the stack has room for.

const FNV_BASIS: u64 = 0xcbf29ce484222325;
const FNV_PRIME: u64 = 0x100000001b3;

/// A string as it stands between its quotes.
#[derive(Clone, Copy)]
struct Raw<'a> {
    bytes: &'a [u8],
    escaped: bool,
}

const EMPTY: Raw<'static> = Raw { bytes: b"", escaped: false };

/// The characters of a raw string, as the bytes of their UTF-8.
struct Plain<'a> {
    bytes: &'a [u8],
    at: usize,
    rest: [u8; 4], // of a character that an escape named
    next: usize,
    end: usize,
}

impl<'a> Raw<'a> {
    fn plain(self) -> Plain<'a> {
        Plain { bytes: self.bytes, at: 0, rest: [0; 4], next: 0, end: 0 }
    }

    fn is(self, other: Raw) -> bool {
        if !self.escaped && !other.escaped {
            return self.bytes == other.bytes;
        }
        self.plain().eq(other.plain())
    }
}

impl<'a> Iterator for Plain<'a> {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        if self.next < self.end {
            self.next += 1;
            return Some(self.rest[self.next - 1]);
        }
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        if byte != b'\\' {
            return Some(byte);
        }
        let escape = self.bytes[self.at];
        self.at += 1;
        Some(match escape {
            b'b' => 8,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'u' => {
                let character = self.unicode();
                self.end = character.encode_utf8(&mut self.rest).len();
                self.next = 1;
                self.rest[0]
            }
            other => other,
        })
    }
}

impl<'a> Plain<'a> {
    fn unicode(&mut self) -> char {
        let mut code = self.hex();
        if (0xd800..0xdc00).contains(&code) {
            self.at += 2;
            code = 0x10000 + ((code - 0xd800) << 10) + (self.hex() - 0xdc00);
        }
        char::from_u32(code).unwrap_or('?')
    }

    fn hex(&mut self) -> u32 {
        let mut code = 0;
        for _ in 0..4 {
            code = code << 4 | (self.bytes[self.at] as char).to_digit(16).unwrap_or(0);
            self.at += 1;
        }
        code
    }
}

/// A reader that steps over JSON.
#[derive(Clone, Copy)]
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    #[inline]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Past blanks; what stands there.
    #[inline]
    fn space(&mut self) -> u8 {
        while matches!(self.peek(), b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
        self.peek()
    }

    /// The string whose opening quote is here.
    #[inline]
    fn string(&mut self) -> Raw<'a> {
        self.at += 1;
        let rest = &self.bytes[self.at..];
        let mut length = 0;
        let mut escaped = false;
        while rest[length] != b'"' {
            if rest[length] == b'\\' {
                escaped = true;
                length += 1;
            }
            length += 1;
        }
        self.at += length + 1;
        Raw { bytes: &rest[..length], escaped }
    }

    /// Past one value of any kind. Brackets are counted, not matched: the log is right.
    fn skip(&mut self) {
        let mut depth = 0;
        loop {
            match self.space() {
                b'"' => {
                    self.string();
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' => {
                    self.at += 1;
                    continue;
                }
                0 => return,
                _ => {
                    while !matches!(self.peek(), b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | 0) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// The members of the object that begins here, each given to `visit`, which steps over the value.
    #[inline]
    fn object(&mut self, mut visit: impl FnMut(Raw<'a>, &mut Scan<'a>)) {
        self.at += 1;
        loop {
            match self.space() {
                b',' => self.at += 1,
                b'"' => {
                    let name = self.string();
                    self.space();
                    self.at += 1; // the colon
                    self.space();
                    visit(name, self);
                }
                _ => break,
            }
        }
        self.at += 1;
    }

    fn text(&mut self) -> Option<Raw<'a>> {
        if self.peek() == b'"' {
            return Some(self.string());
        }
        self.skip();
        None
    }
}

/// What queries ask of a record. Fields are numbered as queries number them.
struct Record<'a> {
    fields: [Option<Raw<'a>>; FIELDS],
    message: Raw<'a>,
    bytes: u64,
}

const FIELDS: usize = 3;
const NAMES: [&[u8]; FIELDS] = [b"level", b"service", b"user"];
const USER: usize = 2;

fn named(name: Raw, wanted: &[u8]) -> bool {
    name.is(Raw { bytes: wanted, escaped: false })
}

fn record<'a>(line: &'a [u8]) -> Record<'a> {
    let mut found = Record { fields: [None; FIELDS], message: EMPTY, bytes: 0 };
    let mut scan = Scan { bytes: line, at: 0 };
    scan.space();
    scan.object(|name, scan| {
        if named(name, NAMES[0]) {
            found.fields[0] = scan.text();
        } else if named(name, NAMES[1]) {
            found.fields[1] = scan.text();
        } else if named(name, b"msg") {
            found.message = scan.text().unwrap_or(EMPTY);
        } else if named(name, b"bytes") {
            found.bytes = digits(scan);
        } else if named(name, b"ctx") && scan.peek() == b'{' {
            scan.object(|name, scan| {
                if named(name, NAMES[USER]) {
                    found.fields[USER] = scan.text();
                } else {
                    scan.skip();
                }
            });
        } else {
            scan.skip();
        }
    });
    found
}

fn digits(scan: &mut Scan) -> u64 {
    let mut number = 0;
    while scan.peek().is_ascii_digit() {
        number = 10 * number + (scan.peek() - b'0') as u64;
        scan.at += 1;
    }
    scan.skip_rest();
    number
}

impl<'a> Scan<'a> {
    /// Past what is left of a value that was no number, if it was none.
    fn skip_rest(&mut self) {
        if !matches!(self.peek(), b',' | b'}' | b' ' | b'\t' | b'\r' | 0) {
            self.skip();
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Operation {
    Count,
    Sum,
    Hash,
    Longest,
    Contains,
    Group,
}

#[derive(Clone, Copy)]
struct Query<'a> {
    operation: Operation,
    field: usize,
    value: Raw<'a>,
    figure: u64,
}

const QUERIES: usize = 64;

/// The queries of the list, and how many they are.
fn queries<'a>(list: &'a [u8]) -> ([Query<'a>; QUERIES], usize) {
    let none = Query { operation: Operation::Count, field: 0, value: EMPTY, figure: 0 };
    let (mut asked, mut count) = ([none; QUERIES], 0);
    let mut scan = Scan { bytes: list, at: 0 };
    scan.space();
    scan.at += 1;
    loop {
        match scan.space() {
            b',' => scan.at += 1,
            b'{' => {
                let query = &mut asked[count];
                scan.object(|name, scan| {
                    let value = scan.text().unwrap_or(EMPTY);
                    if named(name, b"op") {
                        query.operation = operation(value);
                    } else if named(name, b"field") {
                        query.field = NAMES.iter().position(|each| named(value, each)).unwrap_or(0);
                    } else {
                        query.value = value;
                    }
                });
                if query.operation == Operation::Hash {
                    query.figure = FNV_BASIS;
                }
                count += 1;
            }
            _ => return (asked, count),
        }
    }
}

fn operation(name: Raw) -> Operation {
    use Operation::*;
    for (word, operation) in [("count", Count), ("sum", Sum), ("hash", Hash), ("longest", Longest), ("contains", Contains)] {
        if named(name, word.as_bytes()) {
            return operation;
        }
    }
    Group
}

#[derive(Clone, Copy)]
struct Group<'a> {
    value: Raw<'a>,
    hash: u32,
    query: u32,
    count: u64,
    sum: u64,
}

const NOBODY: Group<'static> = Group { value: EMPTY, hash: 0, query: 0, count: 0, sum: 0 };

/// Groups of all queries in the order of their first record, found by a hash that lies on the stack.
struct Groups<'a> {
    few: [Group<'a>; FEW],
    many: Vec<Group<'a>>,
    used: usize,
    slots: [u16; SLOTS], // a group's place and one
}

const FEW: usize = 32;
const SLOTS: usize = 1 << 14;
const MOST: usize = 4096; // groups that the one block has room for; beyond that it grows

impl<'a> Groups<'a> {
    fn new() -> Groups<'a> {
        Groups { few: [NOBODY; FEW], many: Vec::new(), used: 0, slots: [0; SLOTS] }
    }

    fn all(&mut self) -> &mut [Group<'a>] {
        if self.used <= FEW {
            &mut self.few[..self.used]
        } else {
            &mut self.many
        }
    }

    fn add(&mut self, query: u32, value: Raw<'a>, bytes: u64) {
        let mut hash = query ^ 0x811c9dc5;
        for byte in value.plain() {
            hash = (hash ^ byte as u32).wrapping_mul(0x01000193);
        }
        let mut slot = (hash ^ hash >> 15) as usize % SLOTS;
        while self.slots[slot] != 0 {
            let place = self.slots[slot] as usize - 1;
            let group = &mut self.all()[place];
            if group.hash == hash && group.query == query && group.value.is(value) {
                group.count += 1;
                group.sum += bytes;
                return;
            }
            slot = (slot + 1) % SLOTS;
        }
        self.push(Group { value, hash, query, count: 1, sum: bytes });
        self.slots[slot] = self.used as u16;
    }

    fn push(&mut self, group: Group<'a>) {
        if self.used < FEW {
            self.few[self.used] = group;
        } else {
            if self.used == FEW {
                self.many.reserve_exact(MOST);
                self.many.extend_from_slice(&self.few);
            }
            self.many.push(group);
        }
        self.used += 1;
    }
}

/// By query, then by value: Shell's sort, which is little code for a few hundred groups.
fn sort(groups: &mut [Group]) {
    let before = |a: &Group, b: &Group| a.query < b.query || a.query == b.query && a.value.plain().lt(b.value.plain());
    for gap in [701, 301, 132, 57, 23, 10, 4, 1] {
        for end in gap..groups.len() {
            let mut at = end;
            while at >= gap && before(&groups[at], &groups[at - gap]) {
                groups.swap(at, at - gap);
                at -= gap;
            }
        }
    }
}

fn look<'a>(number: usize, query: &mut Query<'a>, record: &Record<'a>, groups: &mut Groups<'a>) {
    if query.operation == Operation::Contains {
        query.figure += contains(record.message, query.value) as u64;
        return;
    }
    let value = match record.fields[query.field] {
        Some(value) => value,
        None => return,
    };
    if query.operation == Operation::Group {
        return groups.add(number as u32, value, record.bytes);
    }
    if !value.is(query.value) {
        return;
    }
    match query.operation {
        Operation::Count => query.figure += 1,
        Operation::Sum => query.figure += record.bytes,
        Operation::Longest => {
            let length = record.message.plain().filter(|byte| byte & 0xc0 != 0x80).count();
            query.figure = query.figure.max(length as u64);
        }
        _ => {
            let mut hash = query.figure;
            for byte in record.message.plain() {
                hash = (hash ^ byte as u64).wrapping_mul(FNV_PRIME);
            }
            query.figure = (hash ^ 10).wrapping_mul(FNV_PRIME);
        }
    }
}

/// Whether the needle's text is in the message's.
fn contains(message: Raw, needle: Raw) -> bool {
    let mut start = message.plain();
    loop {
        let mut rest = Plain { ..start };
        let mut wanted = needle.plain();
        loop {
            match (wanted.next(), rest.next()) {
                (None, _) => return true,
                (Some(_), None) => return false,
                (Some(a), Some(b)) if a == b => {}
                _ => break,
            }
        }
        if start.next().is_none() {
            return false;
        }
    }
}

/// Bytes written one after the other.
struct Writer<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl<'a> Writer<'a> {
    fn byte(&mut self, byte: u8) {
        self.out[self.at] = byte;
        self.at += 1;
    }

    fn number(&mut self, mut number: u64) {
        let (mut digits, mut first) = ([0u8; 20], 20);
        loop {
            first -= 1;
            digits[first] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        for digit in &digits[first..] {
            self.byte(*digit);
        }
    }

    fn value(&mut self, value: Raw) {
        for byte in value.plain() {
            if byte < 0x20 || byte == 0x7f || byte == b'\\' {
                self.byte(b'\\');
                self.byte(b'x');
                self.byte(b"0123456789abcdef"[byte as usize >> 4]);
                self.byte(b"0123456789abcdef"[byte as usize & 15]);
            } else {
                self.byte(byte);
            }
        }
    }

    fn group(&mut self, group: &Group) {
        self.value(group.value);
        self.byte(b'\t');
        self.number(group.count);
        self.byte(b'\t');
        self.number(group.sum);
        self.byte(b'\n');
    }
}

/// Answers all queries about the log into `out`, and gives the number of bytes written.
pub fn answer(list: &[u8], log: &[u8], out: &mut [u8]) -> usize {
    let (mut asked, count) = queries(list);
    let mut groups = Groups::new();
    for line in log.split(|byte| *byte == b'\n') {
        if (Scan { bytes: line, at: 0 }).space() == 0 {
            continue;
        }
        let record = record(line);
        for (number, query) in asked[..count].iter_mut().enumerate() {
            look(number, query, &record, &mut groups);
        }
    }
    let mut writer = Writer { out, at: 0 };
    let groups = groups.all();
    sort(groups);
    for (number, query) in asked[..count].iter().enumerate() {
        if query.operation != Operation::Group {
            writer.number(query.figure);
            writer.byte(b'\n');
            continue;
        }
        let first = groups.iter().filter(|group| group.query < number as u32).count();
        let mine = groups.iter().filter(|group| group.query == number as u32).count();
        writer.number(mine as u64);
        writer.byte(b'\n');
        for group in &groups[first..first + mine] {
            writer.group(group);
        }
    }
    writer.at
}
