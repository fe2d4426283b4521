//! Range responses as strangers write them: any order of keys, any white space, any spelling of a
//! string or a number.

use inference_triage_harness::random::Random;

/// One response, and how it is written.
pub(crate) struct Writer<'r> {
    random: &'r mut Random,
    text: String,
    /// Share of the places where white space is allowed that have some.
    space: f64,
    /// Share of the things that are spelled in an unusual way.
    oddness: f64,
}

/// A response of a few series.
pub(crate) fn any_response(random: &mut Random) -> Vec<u8> {
    let space = *random.pick(&[0.0, 0.0, 0.02, 0.5]);
    let oddness = *random.pick(&[0.0, 0.02, 0.3]);
    let mut writer = Writer { random, text: String::new(), space, oddness };
    writer.envelope();
    writer.text.into_bytes()
}

type Part<'r> = fn(&mut Writer<'r>);

impl<'r> Writer<'r> {
    fn put(&mut self, text: &str) {
        self.blank();
        self.text.push_str(text);
        self.blank();
    }

    fn blank(&mut self) {
        while self.random.chance(self.space) {
            let blank = *self.random.pick(&[' ', '\n', '\t', '\r']);
            self.text.push(blank);
        }
    }

    fn odd(&mut self) -> bool {
        self.random.chance(self.oddness)
    }

    /// The parts in any order, now and then with one that means nothing, one twice, or one left
    /// out.
    fn object(&mut self, mut parts: Vec<(&str, Part<'r>)>) {
        if self.odd() {
            self.random.shuffle(&mut parts);
        }
        if self.odd() && self.odd() && !parts.is_empty() {
            let place = self.random.below(parts.len());
            if self.random.chance(0.5) {
                parts.push(parts[place]);
            } else {
                parts.remove(place);
            }
        }
        if self.odd() {
            let place = self.random.below(parts.len() + 1);
            parts.insert(place, ("stats", Self::anything));
        }
        self.put("{");
        for (index, (key, value)) in parts.into_iter().enumerate() {
            if index > 0 {
                self.put(",");
            }
            self.string(key);
            self.put(":");
            value(self);
        }
        self.put("}");
    }

    fn list(&mut self, length: usize, item: impl Fn(&mut Self, usize)) {
        self.put("[");
        for index in 0..length {
            if index > 0 {
                self.put(",");
            }
            item(self, index);
        }
        self.put("]");
    }

    fn envelope(&mut self) {
        let mut parts: Vec<(&str, Part<'r>)> = vec![("status", Self::status), ("data", Self::data)];
        if self.random.chance(0.1) {
            parts.push(("warnings", Self::texts));
            parts.push(("infos", Self::texts));
        }
        if self.odd() {
            parts.push(("error", |writer| writer.nullable_text("slow")));
            parts.push(("errorType", |writer| writer.nullable_text("timeout")));
        }
        self.object(parts);
    }

    fn status(&mut self) {
        let status = if self.odd() { "error" } else { "success" };
        self.nullable_text(status);
    }

    fn nullable_text(&mut self, text: &str) {
        if self.odd() { self.put("null") } else { self.string(text) }
    }

    fn texts(&mut self) {
        if self.odd() {
            self.put("null");
        } else {
            let length = self.random.below(3);
            self.list(length, |writer, _| writer.any_text());
        }
    }

    fn data(&mut self) {
        if self.odd() && self.odd() {
            self.put("null");
        } else {
            self.object(vec![("resultType", Self::result_type), ("result", Self::result)]);
        }
    }

    fn result_type(&mut self) {
        let name = if self.odd() {
            *self.random.pick(&["vector", "scalar", "string", "streams"])
        } else {
            "matrix"
        };
        self.nullable_text(name);
    }

    fn result(&mut self) {
        let length = self.random.below(5);
        self.list(length, |writer, _| writer.series());
    }

    fn series(&mut self) {
        let points: (&str, Part<'r>) = match self.random.below(10) {
            0 => ("value", Self::any_sample),
            1 => ("histograms", Self::histograms),
            2 => ("histogram", Self::histogram_pair),
            _ => ("values", Self::samples),
        };
        let mut parts: Vec<(&str, Part<'r>)> = vec![("metric", Self::labels), points];
        if self.odd() {
            parts.push(("histograms", Self::histograms));
            parts.push(("values", Self::samples));
        }
        self.object(parts);
    }

    fn labels(&mut self) {
        let mut parts: Vec<(&str, Part<'r>)> = vec![("__name__", Self::any_text)];
        for name in ["le", "pod", "", "é"] {
            if self.random.chance(0.3) {
                parts.push((name, Self::any_text));
            }
        }
        self.object(parts);
    }

    /// On one of a few grids, mostly from its start on, so that series repeat one another's times.
    fn samples(&mut self) {
        let milliseconds = *self.random.pick(&["", ".781", ".5"]);
        let step: u32 = *self.random.pick(&[15, 15, 60]);
        let first = if self.random.chance(0.8) { 0 } else { self.random.below(4) };
        let length = self.random.below(12);
        let gap = if self.random.chance(0.2) { self.random.below(12) } else { 99 };
        let start = if self.odd() { -1 } else { 1_780_000_000_i64 };
        self.list(length, |writer, index| {
            let place = first + index + usize::from(index >= gap);
            let mut time = format!("{}{milliseconds}", start + i64::from(place as u32 * step));
            if writer.odd() {
                time = writer.spelled(&time);
            }
            writer.pair(&time, Self::value);
        });
    }

    fn any_sample(&mut self) {
        self.pair("1780000000.5", Self::value);
    }

    fn pair(&mut self, time: &str, value: Part<'r>) {
        self.put("[");
        self.put(time);
        self.put(",");
        value(self);
        self.put("]");
    }

    /// A number that JSON may write otherwise.
    fn spelled(&mut self, number: &str) -> String {
        match self.random.below(4) {
            0 if number.contains('.') => format!("{number}000"),
            1 => format!("{number}e0"),
            2 => format!("{number}E+00"),
            _ => number.to_owned(),
        }
    }

    fn value(&mut self) {
        const ODD: [&str; 16] = [
            "NaN", "+Inf", "-Inf", "1e101", "", "1.", ".5", "+1", "0x1", "1e-400", "-0",
            "infinity", " 1", "1e400", "007", "null",
        ];
        if self.odd() {
            let text = *self.random.pick(&ODD);
            return self.string(text);
        }
        let text = self.number();
        match self.random.below(20) {
            0 => self.put(&text),
            1 if self.odd() => self.put("null"),
            _ => self.string(&text),
        }
    }

    fn number(&mut self) -> String {
        let random = &mut *self.random;
        match random.below(8) {
            0 | 1 => {
                let digits = random.below(12) as u32;
                random.below(10_usize.pow(digits)).to_string()
            }
            2 => format!("{}", random.unit()),
            3 => format!("{}", random.log_uniform(1e-12, 1e24)),
            4 => format!("{:e}", f64::from_bits(random.bits() >> 1).min(f64::MAX)),
            5 => format!("-{}.{}", random.below(1000), random.below(1_000_000)),
            6 => format!("{}.{:0width$}", random.bits(), random.bits(), width = random.below(30)),
            _ => {
                let number = random.unit() * 1e3;
                format!("{number:.*}", random.below(25))
            }
        }
    }

    fn histograms(&mut self) {
        let length = self.random.below(3);
        self.list(length, |writer, _| writer.histogram_pair());
    }

    fn histogram_pair(&mut self) {
        self.pair("1780000000", |writer| {
            writer.object(vec![
                ("count", Self::value),
                ("sum", Self::value),
                ("buckets", Self::buckets),
            ]);
        });
    }

    fn buckets(&mut self) {
        let length = self.random.below(3);
        self.list(length, |writer, _| {
            let length = if writer.odd() && writer.odd() { 3 } else { 4 };
            writer.list(length, |writer, _| writer.value());
        });
    }

    fn any_text(&mut self) {
        const TEXTS: [&str; 8] = [
            "vllm:num_requests_running",
            "",
            "+Inf",
            "é🦀",
            "a\"b\\c/",
            "\u{1}\n\t\u{8}",
            "\u{7f}\u{feff}",
            "0.5",
        ];
        let text = *self.random.pick(&TEXTS);
        self.string(text);
    }

    fn string(&mut self, text: &str) {
        self.blank();
        self.text.push('"');
        for character in text.chars() {
            let escapes = self.odd();
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                '\u{8}' => self.text.push_str("\\b"),
                '\n' => self.text.push_str("\\n"),
                '/' if escapes => self.text.push_str("\\/"),
                '\0'..' ' => self.escape(character),
                _ if escapes => self.escape(character),
                _ => self.text.push(character),
            }
        }
        if self.odd() && self.odd() {
            // Half of a pair: refused where the text is used, passed over where it is not.
            self.text.push_str("\\ud83d");
        }
        self.text.push('"');
        self.blank();
    }

    fn escape(&mut self, character: char) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let code = if self.random.chance(0.5) {
                format!("\\u{unit:04x}")
            } else {
                format!("\\u{unit:04X}")
            };
            self.text.push_str(&code);
        }
    }

    fn anything(&mut self) {
        match self.random.below(7) {
            0 => self.any_text(),
            1 => {
                let word = *self.random.pick(&["null", "true", "false"]);
                self.put(word);
            }
            2 => self.list(2, |writer, _| writer.anything()),
            3 => self.object(vec![("a", Self::anything)]),
            4 => self.put("1e999"),
            5 => self.put("[]"),
            _ => {
                let number = self.number();
                let number = self.spelled(&number);
                self.put(&number);
            }
        }
    }
}

/// One or two changes: a byte replaced, removed or doubled, a digit made another, a piece moved,
/// the end cut off.
pub(crate) fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    const LIKELY: &[u8] = b"0123456789.-+eE\"[]{},:_NaInftruelsn\\ \t\n\x0c\0\x1f\x80\xc3\xff";
    for _ in 0..random.between(1, 2) {
        if bytes.is_empty() {
            return;
        }
        let place = random.below(bytes.len());
        match random.below(12) {
            0 => bytes[place] = random.bits() as u8,
            7.. => {
                let digits: Vec<usize> =
                    (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
                if !digits.is_empty() {
                    bytes[*random.pick(&digits)] = b"0123456789.e-"[random.below(13)];
                }
            }
            1 | 2 => bytes[place] = *random.pick(LIKELY),
            3 => drop(bytes.remove(place)),
            4 => bytes.insert(place, *random.pick(LIKELY)),
            5 if random.chance(0.2) => bytes.truncate(place),
            _ => {
                let end = (place + random.below(40)).min(bytes.len());
                let piece: Vec<u8> = bytes[place..end].to_vec();
                let target = random.below(bytes.len());
                bytes.splice(target..target, piece);
            }
        }
    }
}
