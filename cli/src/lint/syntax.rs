//! Reading and rewriting parsed PromQL.

use promql_parser::parser::token::{T_ADD, T_DIV, T_LOR, T_SUB, TokenType};
use promql_parser::parser::{AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorSelector};

/// Longer expressions are refused: nobody wrote them by hand, and parsing them takes time.
const LONGEST: usize = 64 * 1024;
/// Deeper nesting is refused, because parser and checks recurse. Published queries stay below 10.
const DEEPEST: usize = 64;
/// More operations are refused, because each is a level of the tree. Published queries stay below
/// 100, generated alternatives of many names below 300.
const MOST_OPERATIONS: usize = 10 * DEEPEST;

/// Parses an expression without variables.
pub(crate) fn parse(text: &str) -> Result<Expr, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let code = without_texts(text);
    let mut depth = 0_usize;
    let mut is_in_braces = false;
    let mut operators = 0_usize;
    for character in code.chars() {
        match character {
            '{' | '}' => is_in_braces = character == '{',
            _ => {}
        }
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '-' | '+' | '*' | '/' | '^' | '%' => operators += 1,
            '=' | '<' | '>' if !is_in_braces => operators += 1,
            _ => {}
        }
        if depth > DEEPEST || operators > MOST_OPERATIONS {
            return Err(format!("it is nested more than {DEEPEST} deep"));
        }
    }
    let is_operation = |word: &&str| {
        ["or", "and", "unless", "atan2"].iter().any(|name| word.eq_ignore_ascii_case(name))
    };
    let words = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    if words.filter(is_operation).count() > MOST_OPERATIONS {
        return Err(format!("it holds more than {MOST_OPERATIONS} operations"));
    }
    if has_absurd_number(text) {
        return Err("a number in it is too long".to_owned());
    }
    promql_parser::parser::parse(text).map_err(|reason| reason.replace('\n', " "))
}

/// The expression without what stands in quotes.
pub(crate) fn without_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut quote = None;
    let mut is_escaped = false;
    for character in text.chars() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some('"' | '\'') if character == '\\' => is_escaped = true,
            Some(end) if character == end => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'' | '`') => quote = Some(character),
            None => code.push(character),
        }
    }
    code
}

/// The parser converts numbers of seconds in ranges, offsets and times to durations and must not be
/// given what overflows them.
fn has_absurd_number(text: &str) -> bool {
    let is_number = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let mut at = 0;
    let mut follows_offset = false;
    while let Some(found) = text[at..].find(is_number) {
        let start = at + found;
        let length = text[start..].find(|c: char| !is_number(c)).unwrap_or(text.len() - start);
        let word = &text[start..start + length];
        let between = text[at..start].trim_end_matches(['-', '+', ' ', '\t', '\n', '\r']);
        let is_time = between.ends_with(['[', ':', '@']) || (follows_offset && between.is_empty());
        let starts_as_number = word.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        // `1e+300` is one number and two words.
        let is_large = word.len() > 12
            || word.ends_with(['e', 'E'])
            || word.parse::<f64>().is_ok_and(|value| value > 1e12);
        if is_time && starts_as_number && is_large {
            return true;
        }
        follows_offset = word.eq_ignore_ascii_case("offset");
        at = start + length;
    }
    false
}

/// Visits an expression and all in it, the inner ones first.
pub(crate) fn walk(expression: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    match expression {
        Expr::Aggregate(AggregateExpr { expr, param, .. }) => {
            walk(expr, visit);
            if let Some(param) = param {
                walk(param, visit);
            }
        }
        Expr::Unary(unary) => walk(&mut unary.expr, visit),
        Expr::Binary(BinaryExpr { lhs, rhs, .. }) => {
            walk(lhs, visit);
            walk(rhs, visit);
        }
        Expr::Paren(paren) => walk(&mut paren.expr, visit),
        Expr::Subquery(subquery) => walk(&mut subquery.expr, visit),
        Expr::Call(call) => {
            for argument in &mut call.args.args {
                walk(argument, visit);
            }
        }
        _ => {}
    }
    visit(expression);
}

/// The selectors in an expression, in their order.
pub(crate) fn selectors(expression: &Expr) -> Vec<VectorSelector> {
    let mut found = Vec::new();
    walk(&mut expression.clone(), &mut |one| match one {
        Expr::VectorSelector(selector) => found.push(selector.clone()),
        Expr::MatrixSelector(matrix) => found.push(matrix.vs.clone()),
        _ => {}
    });
    found
}

/// The expression inside its parentheses.
pub(crate) fn peel(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(paren) => peel(&paren.expr),
        other => other,
    }
}

/// The call of one of these functions.
pub(crate) fn call<'a>(expression: &'a Expr, names: &[&str]) -> Option<&'a Call> {
    match peel(expression) {
        Expr::Call(call) if names.contains(&call.func.name) => Some(call),
        _ => None,
    }
}

/// The aggregation by one of these operators.
pub(crate) fn aggregation<'a>(expression: &'a Expr, names: &[&str]) -> Option<&'a AggregateExpr> {
    match peel(expression) {
        Expr::Aggregate(one) if names.contains(&one.op.to_string().as_str()) => Some(one),
        _ => None,
    }
}

/// The binary operation by this operator.
pub(crate) fn binary<'a>(expression: &'a Expr, names: &[&str]) -> Option<&'a BinaryExpr> {
    match peel(expression) {
        Expr::Binary(one) if names.contains(&one.op.to_string().as_str()) => Some(one),
        _ => None,
    }
}

/// A comparison whose number stands first, with its sides the other way round: `0.5 < a` is
/// `a > 0.5`.
pub(crate) fn mirrored(expression: &Expr) -> Option<Expr> {
    let Expr::Binary(one) = expression else { return None };
    if number(&one.lhs).is_none() || number(&one.rhs).is_some() {
        return None;
    }
    let operator = match one.op.to_string().as_str() {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        "==" => "==",
        "!=" => "!=",
        _ => return None,
    };
    let Ok(Expr::Binary(other)) = parse(&format!("a {operator} b")) else { return None };
    let mut turned = one.clone();
    std::mem::swap(&mut turned.lhs, &mut turned.rhs);
    turned.op = other.op;
    Some(Expr::Binary(turned))
}

/// The number that an expression is.
pub(crate) fn number(expression: &Expr) -> Option<f64> {
    match peel(expression) {
        Expr::NumberLiteral(number) => Some(number.val),
        Expr::Unary(unary) => number(&unary.expr).map(|value| -value),
        _ => None,
    }
}

/// Whether it is `or`.
pub(crate) fn is_or(operator: TokenType) -> bool {
    operator.id() == T_LOR
}

/// Whether it adds or subtracts.
pub(crate) fn adds(operator: TokenType) -> bool {
    matches!(operator.id(), T_ADD | T_SUB)
}

/// Whether it divides.
pub(crate) fn divides(operator: TokenType) -> bool {
    operator.id() == T_DIV
}

/// The text of a grouping, with the blank before it: ` by (le, pod)`; `le` is left out or put in.
pub(crate) fn grouping(aggregate: &AggregateExpr, with_le: bool) -> String {
    match &aggregate.modifier {
        Some(LabelModifier::Exclude(labels)) => {
            let kept: Vec<_> =
                labels.labels.iter().filter(|label| !with_le || *label != "le").cloned().collect();
            format!(" without ({})", kept.join(", "))
        }
        Some(LabelModifier::Include(labels)) => {
            let others = labels.labels.iter().filter(|label| *label != "le").cloned();
            let le = with_le.then(|| "le".to_owned());
            let all: Vec<_> = le.into_iter().chain(others).collect();
            if all.is_empty() { String::new() } else { format!(" by ({})", all.join(", ")) }
        }
        None if with_le => " by (le)".to_owned(),
        None => String::new(),
    }
}

/// Whether a label is in the result of an aggregation.
pub(crate) fn keeps(aggregate: &AggregateExpr, label: &str) -> bool {
    let has = |labels: &[String]| labels.iter().any(|one| one == label);
    match &aggregate.modifier {
        Some(LabelModifier::Include(labels)) => has(&labels.labels),
        Some(LabelModifier::Exclude(labels)) => !has(&labels.labels),
        None => false,
    }
}

/// Replaces an expression by what this text parses to; false where it does not parse, and then
/// nothing is changed.
pub(crate) fn replace(expression: &mut Expr, text: &str) -> bool {
    let Ok(parsed) = parse(text) else { return false };
    *expression = match parsed {
        // Inside another operation its own operator may bind less.
        Expr::Binary(_) => match parse(&format!("({text})")) {
            Ok(enclosed) => enclosed,
            Err(_) => return false,
        },
        other => other,
    };
    true
}

/// Prints an expression, without parentheses around all of it.
pub(crate) fn print(expression: &Expr) -> String {
    peel(expression).to_string()
}

#[cfg(test)]
mod tests;
