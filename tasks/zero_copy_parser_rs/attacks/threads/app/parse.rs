//! Answers queries about a log of JSON lines: every record becomes a tree, every query looks at the tree.

use std::collections::BTreeMap;
use std::io::Write;

/// A JSON value with everything that it says in memory of its own.
enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn space(&mut self) {
        while self.at < self.bytes.len() && matches!(self.bytes[self.at], b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Json {
        self.space();
        match self.bytes[self.at] {
            b'{' => self.object(),
            b'[' => self.list(),
            b'"' => Json::Text(self.string()),
            b't' => self.word(4, Json::Bool(true)),
            b'f' => self.word(5, Json::Bool(false)),
            b'n' => self.word(4, Json::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, length: usize, value: Json) -> Json {
        self.at += length;
        value
    }

    fn number(&mut self) -> Json {
        let begin = self.at;
        while self.at < self.bytes.len() && matches!(self.bytes[self.at], b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') {
            self.at += 1;
        }
        Json::Number(String::from_utf8(self.bytes[begin..self.at].to_vec()).unwrap())
    }

    fn object(&mut self) -> Json {
        let mut members = Vec::new();
        self.at += 1;
        self.space();
        while self.bytes[self.at] != b'}' {
            if self.bytes[self.at] == b',' {
                self.at += 1;
                self.space();
            }
            let name = self.string();
            self.space();
            self.at += 1; // the colon
            members.push((name, self.value()));
            self.space();
        }
        self.at += 1;
        Json::Object(members)
    }

    fn list(&mut self) -> Json {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        while self.bytes[self.at] != b']' {
            if self.bytes[self.at] == b',' {
                self.at += 1;
            }
            items.push(self.value());
            self.space();
        }
        self.at += 1;
        Json::List(items)
    }

    fn string(&mut self) -> String {
        let mut text = Vec::new();
        self.at += 1;
        while self.bytes[self.at] != b'"' {
            if self.bytes[self.at] != b'\\' {
                text.push(self.bytes[self.at]);
                self.at += 1;
                continue;
            }
            let escape = self.bytes[self.at + 1];
            self.at += 2;
            let character = match escape {
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode(),
                other => other as char, // a quote, a backslash, a slash
            };
            text.extend_from_slice(character.to_string().as_bytes());
        }
        self.at += 1;
        String::from_utf8(text).unwrap()
    }

    fn unicode(&mut self) -> char {
        let mut code = self.hex();
        if (0xd800..0xdc00).contains(&code) {
            self.at += 2; // the backslash and the u of the second half
            code = 0x10000 + ((code - 0xd800) << 10) + (self.hex() - 0xdc00);
        }
        char::from_u32(code).unwrap()
    }

    fn hex(&mut self) -> u32 {
        let digits = std::str::from_utf8(&self.bytes[self.at..self.at + 4]).unwrap();
        self.at += 4;
        u32::from_str_radix(digits, 16).unwrap()
    }
}

fn parse(bytes: &[u8]) -> Json {
    Parser { bytes, at: 0 }.value()
}

/// One query, and what is known of its answer so far.
struct Query {
    operation: String,
    field: String,
    value: String,
    figure: u64,
    groups: BTreeMap<String, (u64, u64)>,
}

const FNV_BASIS: u64 = 0xcbf29ce484222325;
const FNV_PRIME: u64 = 0x100000001b3;

fn query(json: &Json) -> Query {
    let part = |key| json.get(key).and_then(Json::text).unwrap_or("").to_string();
    let operation = part("op");
    let figure = if operation == "hash" { FNV_BASIS } else { 0 };
    Query { operation, field: part("field"), value: part("value"), figure, groups: BTreeMap::new() }
}

/// The text of a field: `user` is in the object `ctx`, the others in the record itself.
fn field(record: &Json, name: &str) -> Option<String> {
    let owner = if name == "user" { record.get("ctx")? } else { record };
    Some(owner.get(name)?.text()?.to_string())
}

fn bytes_of(record: &Json) -> u64 {
    match record.get("bytes") {
        Some(Json::Number(digits)) => digits.parse().unwrap(),
        _ => 0,
    }
}

fn look(query: &mut Query, record: &Json) {
    let message = field(record, "msg").unwrap_or_default();
    if query.operation == "contains" {
        query.figure += message.contains(&query.value) as u64;
        return;
    }
    let found = field(record, &query.field);
    if query.operation == "group" {
        if let Some(value) = found {
            let group = query.groups.entry(value).or_insert((0, 0));
            group.0 += 1;
            group.1 += bytes_of(record);
        }
        return;
    }
    if found.as_deref() != Some(query.value.as_str()) {
        return;
    }
    match query.operation.as_str() {
        "count" => query.figure += 1,
        "sum" => query.figure += bytes_of(record),
        "longest" => query.figure = query.figure.max(message.chars().count() as u64),
        _ => {
            for byte in message.bytes().chain([b'\n']) {
                query.figure = (query.figure ^ byte as u64).wrapping_mul(FNV_PRIME);
            }
        }
    }
}

fn printable(value: &str) -> Vec<u8> {
    let mut shown = Vec::new();
    for byte in value.bytes() {
        if byte < 0x20 || byte == 0x7f || byte == b'\\' {
            shown.extend_from_slice(format!("\\x{:02x}", byte).as_bytes());
        } else {
            shown.push(byte);
        }
    }
    shown
}

/// Answers all queries about the log into `out`, and gives the number of bytes written.
fn answer_here(queries: &[u8], log: &[u8], out: &mut [u8]) -> usize {
    let mut asked: Vec<Query> = match parse(queries) {
        Json::List(items) => items.iter().map(query).collect(),
        _ => Vec::new(),
    };
    for line in log.split(|byte| *byte == b'\n') {
        if line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
            continue;
        }
        let record = parse(line);
        for query in &mut asked {
            look(query, &record);
        }
    }
    let mut text = Vec::new();
    for query in &asked {
        if query.operation == "group" {
            writeln!(text, "{}", query.groups.len()).unwrap();
            for (value, (count, sum)) in &query.groups {
                text.extend_from_slice(&printable(value));
                writeln!(text, "\t{}\t{}", count, sum).unwrap();
            }
        } else {
            writeln!(text, "{}", query.figure).unwrap();
        }
    }
    out[..text.len()].copy_from_slice(&text);
    text.len()
}

pub fn answer(queries: &[u8], log: &[u8], out: &mut [u8]) -> usize {
    std::thread::scope(|scope| scope.spawn(|| answer_here(queries, log, out)).join().unwrap())
}
