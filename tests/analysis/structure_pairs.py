"""Pairs of programs, labelled by hand: does the second refine the first, or restructure it?"""

C = """\
void sums(const unsigned *in, unsigned *out, int n)
{
    for (int i = 0; i < n; i++) {
        unsigned sum = 0;
        for (int j = i < 255 ? 0 : i - 255; j <= i; j++)
            sum += in[j];
        out[i] = sum;
    }
}
"""
C_REFINED = [
    "/* windows */\n" + C.replace("255", "127").replace("sum", "total"),
    C.replace("unsigned sum = 0;", "register unsigned sum = 0;").replace("int j = i", "long j = i"),
    C.replace("            sum += in[j];", "            sum = sum + in[j];"),
]
C_RESTRUCTURED = [
    """\
static unsigned prefix[1 << 20];
void sums(const unsigned *in, unsigned *out, int n)
{
    unsigned sum = 0;
    for (int i = 0; i < n; i++)
        prefix[i] = sum += in[i];
    memcpy(out, prefix, 4 * (n < 256 ? n : 256));
    for (int i = 256; i < n; i++)
        out[i] = prefix[i] - prefix[i - 256];
}
""",
    """\
#include <immintrin.h>
static __m256i shift(__m256i x, int by) { return by == 1 ? _mm256_slli_si256(x, 4) : _mm256_slli_si256(x, 8); }
void sums(const unsigned *in, unsigned *out, int n)
{
    __m256i carry = _mm256_setzero_si256();
    int i = 0;
    while (i + 8 <= n) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(in + i));
        x = _mm256_add_epi32(x, shift(x, 1));
        x = _mm256_add_epi32(x, shift(x, 2));
        carry = _mm256_add_epi32(carry, x);
        _mm256_storeu_si256((__m256i *)(out + i), carry);
        i += 8;
    }
}
""",
]

CPP = """\
#include <vector>
#include <string>
class Index {
    std::vector<std::string> names;
public:
    int find(const std::string &name) const {
        for (size_t i = 0; i < names.size(); i++)
            if (names[i] == name)
                return i;
        return -1;
    }
    void add(const std::string &name) { names.push_back(name); }
};
"""
CPP_REFINED = [
    CPP.replace("names", "entries").replace("-1", "-2"),
    CPP.replace("    void add(const std::string &name) { names.push_back(name); }", "    void add(const std::string &name) { names.reserve(64); names.push_back(name); }"),
]
CPP_RESTRUCTURED = [
    """\
#include <unordered_map>
#include <string>
class Index {
    std::unordered_map<std::string, int> places;
public:
    int find(const std::string &name) const {
        auto found = places.find(name);
        return found == places.end() ? -1 : found->second;
    }
    void add(const std::string &name) { places.emplace(name, static_cast<int>(places.size())); }
};
""",
    """\
#include <vector>
#include <string>
struct Node { int next[256]; int place = -1; };
struct Index {
    std::vector<Node> nodes{1};
    int count = 0;
    int walk(const std::string &name) {
        int at = 0;
        for (unsigned char c : name) {
            if (nodes[at].next[c] == 0) {
                nodes[at].next[c] = nodes.size();
                nodes.emplace_back();
            }
            at = nodes[at].next[c];
        }
        return at;
    }
    int find(const std::string &name) { return nodes[walk(name)].place; }
    void add(const std::string &name) { nodes[walk(name)].place = count++; }
};
""",
]

RUST = """\
pub fn longest(words: &[String]) -> Option<String> {
    let mut best: Option<String> = None;
    for word in words {
        let longer = match &best {
            Some(found) => word.len() > found.len(),
            None => true,
        };
        if longer {
            best = Some(word.clone());
        }
    }
    best
}
"""
RUST_REFINED = [
    RUST.replace("best", "winner").replace("clone", "to_string"),
    RUST.replace("        if longer {", "        // a tie keeps the first\n        if longer && !word.is_empty() {"),
]
RUST_RESTRUCTURED = [
    """\
pub fn longest<'a>(words: &'a [String]) -> Option<&'a str> {
    words.iter().rev().max_by_key(|word| word.len()).map(String::as_str)
}
""",
    """\
pub fn longest(words: &[String]) -> Option<String> {
    fn halves(words: &[String]) -> usize {
        if words.len() == 1 {
            return 0;
        }
        let middle = words.len() / 2;
        let (left, right) = (halves(&words[..middle]), middle + halves(&words[middle..]));
        if words[right].len() > words[left].len() { right } else { left }
    }
    if words.is_empty() { None } else { Some(words[halves(words)].clone()) }
}
""",
]

GO = """\
package count

import "sync"

func Count(lines []string) map[string]int {
	counts := map[string]int{}
	var lock sync.Mutex
	var group sync.WaitGroup
	for _, line := range lines {
		group.Add(1)
		go func(line string) {
			defer group.Done()
			lock.Lock()
			counts[line]++
			lock.Unlock()
		}(line)
	}
	group.Wait()
	return counts
}
"""
GO_REFINED = [
    GO.replace("counts := map[string]int{}", "counts := make(map[string]int, 1024)"),
    GO.replace("sync.Mutex", "sync.RWMutex").replace("lock", "guard"),
]
GO_RESTRUCTURED = [
    """\
package count

func Count(lines []string) map[string]int {
	counts := map[string]int{}
	for _, line := range lines {
		counts[line]++
	}
	return counts
}
""",
    """\
package count

import "runtime"

func part(lines []string, out chan<- map[string]int) {
	counts := map[string]int{}
	for _, line := range lines {
		counts[line]++
	}
	out <- counts
}

func Count(lines []string) map[string]int {
	workers := runtime.NumCPU()
	size := (len(lines) + workers - 1) / workers
	parts := make(chan map[string]int, workers)
	begun := 0
	for start := 0; start < len(lines); start += size {
		go part(lines[start:min(start+size, len(lines))], parts)
		begun++
	}
	all := map[string]int{}
	for ; begun > 0; begun-- {
		for line, count := range <-parts {
			all[line] += count
		}
	}
	return all
}
""",
]

PYTHON = """\
def close(points, limit):
    found = []
    for i, (x, y) in enumerate(points):
        for j in range(i + 1, len(points)):
            u, v = points[j]
            if (x - u) ** 2 + (y - v) ** 2 <= limit ** 2:
                found.append((i, j))
    return found
"""
PYTHON_REFINED = [
    PYTHON.replace("found", "pairs").replace("<=", "<"),
    PYTHON.replace("    found = []\n", "    found = []\n    square = limit * limit\n").replace("limit ** 2", "square"),
]
PYTHON_RESTRUCTURED = [
    """\
from collections import defaultdict


def close(points, limit):
    cells = defaultdict(list)
    for i, (x, y) in enumerate(points):
        cells[int(x // limit), int(y // limit)].append(i)
    return sorted(
        (i, j)
        for (a, b), here in cells.items()
        for da in (-1, 0, 1)
        for db in (-1, 0, 1)
        for i in here
        for j in cells.get((a + da, b + db), ())
        if i < j and sum((p - q) ** 2 for p, q in zip(points[i], points[j])) <= limit ** 2
    )
""",
    """\
import numpy as np


def close(points, limit):
    places = np.asarray(points)
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
    return list(map(tuple, np.argwhere(np.triu(apart <= limit, 1))))
""",
]

TEXT = "".join(f"{i} {i + 1}\n" for i in range(0, 40, 2))
TEXT_REFINED = [TEXT.replace("8 9\n", ""), "# a comment of one line\n" + TEXT.replace("20 21\n22 23", "22 23\n20 21")]
TEXT_RESTRUCTURED = ["".join(f"{i} {i + 8}\n" for i in range(20)), "".join(f"{i} {i + 1}\n" for i in (*range(0, 14, 2), *range(1, 27, 2)))]

PAIRS = {
    "solve.c": (C, C_REFINED, C_RESTRUCTURED),
    "index.cpp": (CPP, CPP_REFINED, CPP_RESTRUCTURED),
    "lib.rs": (RUST, RUST_REFINED, RUST_RESTRUCTURED),
    "count.go": (GO, GO_REFINED, GO_RESTRUCTURED),
    "close.py": (PYTHON, PYTHON_REFINED, PYTHON_RESTRUCTURED),
    "network.txt": (TEXT, TEXT_REFINED, TEXT_RESTRUCTURED),
}
