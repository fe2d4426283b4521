//! Sentences of the command line in the words of a tool: a client has arguments and no flags.

use super::tools::Verb;

impl Verb {
    /// What the program said on standard error, for whoever called the tool.
    pub(super) fn in_its_words(&self, errors: &str) -> String {
        let text = errors.trim().trim_start_matches("error: ");
        // Behind an empty line the parser explains the command line.
        let told = text.split("\n\n").next().unwrap_or_default();
        let one_line = told.split_whitespace().collect::<Vec<_>>().join(" ");
        self.named(&one_line)
    }

    /// Each `--flag`, with the quotes and the placeholder that a parser puts around it, as the
    /// argument that stands for it.
    fn named(&self, text: &str) -> String {
        let mut parts = text.split("--");
        let mut said = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !(c.is_ascii_lowercase() || c == '-'));
            let (flag, mut rest) = part.split_at(end.unwrap_or(part.len()));
            if flag.is_empty() {
                said += "--";
                said += rest;
                continue;
            }
            if let Some((placeholder, after)) =
                rest.strip_prefix(" <").and_then(|rest| rest.split_once('>'))
                && !placeholder.contains(' ')
            {
                rest = after.trim_start_matches("...");
            }
            if said.ends_with('\'') && rest.starts_with('\'') {
                said.pop();
                rest = &rest[1..];
            }
            said += &match self.argument_of(flag) {
                Some(name) => format!("\"{name}\""),
                None => format!("\"{flag}\" (on the command line alone)"),
            };
            said += rest;
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::super::tools::VERBS;

    #[test]
    fn flags_are_called_as_the_arguments_are() {
        let diagnose = &VERBS[0];
        for (errors, expected) in [
            (
                "error: invalid value 'x' for '--window <T..T>': it is none\n\nFor more \
                 information, try '--help'.\n",
                "invalid value 'x' for \"window\": it is none",
            ),
            (
                "error: the argument '--response <FILE>...' cannot be used with '--url <URL>'\n\n\
                 Usage: inference-triage diagnose --url <URL>\n",
                "the argument \"responses\" cannot be used with \"url\"",
            ),
            (
                "check --match, --prefix and the range",
                "check \"match\", \"prefix\" (on the command line alone) and the range",
            ),
            ("an em -- dash", "an em -- dash"),
        ] {
            assert_eq!(diagnose.in_its_words(errors), expected);
        }
    }
}
