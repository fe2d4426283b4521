//! Variables of dashboards in PromQL: `$model`, `${model:regex}`, `[[model]]`, `$__rate_interval`.
//!
//! PromQL does not know them, so each is replaced by something that parses where it stands (a
//! number, a name, a duration, a matcher) and is put back into the corrected query. Inside quotes
//! they are texts already and stay.

use std::time::Duration;

use promql_parser::util::display_duration;

use super::scan;

/// Begins the name that stands for a variable. No metric and no label is called so.
const NAME: &str = "dashboard_variable_";
/// The first number that stands for a variable; larger than any count or limit in a query.
const NUMBER: f64 = 777_000_000_000.0;
/// The first duration that stands for a variable, in milliseconds: 8 d 23 h and some seconds, which
/// nobody writes.
const MILLISECONDS: u64 = 777_000_001;
/// More variables in one expression are not told apart; no dashboard has as many.
const MOST: usize = 1000;

/// An expression that parses, and what stood where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Substituted {
    pub(crate) expression: String,
    variables: Vec<Variable>,
}

#[derive(Debug, Clone)]
struct Variable {
    /// As written, e.g. `${model:regex}`.
    text: String,
    /// Its name, e.g. `model`.
    name: String,
    /// What stands for it in an expression that was parsed and printed again.
    printed: String,
    place: Place,
}

/// What a variable stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Name,
    Number,
    Duration,
    Matcher,
}

impl Substituted {
    /// Replaces the variables of an expression; None where one stands for a function or for more
    /// than a part of the expression, which cannot be judged.
    pub(crate) fn of(expression: &str) -> Option<Self> {
        scan::substituted(expression)
    }

    /// Puts the variables back into a printed expression.
    pub(crate) fn restore(&self, printed: &str) -> String {
        let mut text = printed.to_owned();
        // The longest first: no stand-in is the beginning of a longer one.
        for variable in self.variables.iter().rev() {
            text = text.replace(&variable.printed, &variable.text);
        }
        text
    }

    /// The name of the variable that this number stands for.
    pub(crate) fn of_number(&self, number: f64) -> Option<&str> {
        let text = number.to_string();
        self.find(|one| one.place == Place::Number && one.printed == text)
    }

    /// The name of the variable that this duration stands for.
    pub(crate) fn of_duration(&self, duration: Duration) -> Option<&str> {
        let text = display_duration(&duration);
        self.find(|one| one.place == Place::Duration && one.printed == text)
    }

    /// The stand-in with which this metric or label begins.
    pub(crate) fn stand_in<'a>(&'a self, name: &str) -> Option<&'a str> {
        let starts = |one: &&Variable| name.starts_with(&one.printed);
        self.variables.iter().find(starts).map(|one| one.printed.as_str())
    }

    /// A duration in an expression that is restored to this variable.
    pub(crate) fn duration(&mut self, text: &str) -> String {
        let name = text.trim_start_matches('$');
        if self.find(|one| one.place == Place::Duration && one.text == text).is_none() {
            // The expression is parsed already; only the list counts from here on.
            self.add(text, name, Place::Duration);
        }
        let is_meant = |one: &&Variable| one.place == Place::Duration && one.text == text;
        let found = self.variables.iter().find(is_meant);
        found.map_or_else(|| "5m".to_owned(), |one| one.printed.clone())
    }

    fn find(&self, accept: impl Fn(&Variable) -> bool) -> Option<&str> {
        self.variables.iter().find(|one| accept(one)).map(|one| one.name.as_str())
    }

    pub(super) fn add(&mut self, text: &str, name: &str, place: Place) -> Option<()> {
        let count = self.variables.len();
        if count >= MOST {
            return None;
        }
        let (written, printed) = match place {
            Place::Name => {
                let stand_in = format!("{NAME}{count:03}_");
                (stand_in.clone(), stand_in)
            }
            Place::Number => {
                let number = (NUMBER + count as f64).to_string();
                (number.clone(), number)
            }
            Place::Duration => {
                let milliseconds = MILLISECONDS + count as u64;
                let printed = display_duration(&Duration::from_millis(milliseconds));
                (format!("{milliseconds}ms"), printed)
            }
            Place::Matcher => {
                let matcher = format!("{NAME}{count:03}_=\"\"");
                (matcher.clone(), matcher)
            }
        };
        self.expression += &written;
        let (text, name) = (text.to_owned(), name.to_owned());
        self.variables.push(Variable { text, name, printed, place });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use promql_parser::parser::parse;

    /// What is put in parses, and what is put back is what stood there.
    #[test]
    fn variables_come_back_where_they_stood() {
        for text in [
            "rate(a[$__rate_interval])",
            "rate(a[[[window]]])",
            "max_over_time(a[$__range:${step}])",
            "a offset $back",
            "sum by ($group, le) (a)",
            "sum by (le, [[group]]) (a{$more, x=~\"$model\"})",
            "${prefix}num_requests_running{model_name=\"$model\"} / $cap",
            "histogram_quantile($q, sum by (le) (rate(x_${what}_bucket[5m])))",
            "topk($n, sum($metric))",
            "a > ${threshold:raw}",
            "histogram_quantile(0.$q, sum by (le) (rate(x_bucket[5m])))",
            "a > 0.${q}5",
            "a > ${thousands}000",
            "x_2$suffix / $n",
        ] {
            let substituted = Substituted::of(text).unwrap();
            let parsed = parse(&substituted.expression);
            let printed = parsed.unwrap_or_else(|e| panic!("{text}: {e}: {substituted:?}"));
            let restored = substituted.restore(&printed.to_string());
            let squeezed = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(squeezed(&restored), squeezed(text));
        }
    }

    #[test]
    fn what_cannot_be_judged_is_left_alone() {
        for text in ["$query", "$function(a)", "sum(rate(a[${n}m]))"] {
            assert!(Substituted::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn quotes_and_comments_hold_no_variables() {
        let substituted = Substituted::of("a{x=\"\\\"$y\"} # $z\n + b").unwrap();
        assert_eq!(substituted.expression, "a{x=\"\\\"$y\"} \n + b");
        assert!(substituted.variables.is_empty());
    }

    #[test]
    fn odd_texts_do_no_harm() {
        for text in ["$", "[[", "${", "\"", "'\\", "[[]]", "${}", "$é", "((((", "]]]}"] {
            let _ = Substituted::of(text);
        }
    }
}
