//! The first part of the page: where the diagnosis is wrong.

use crate::changed::factors;
use crate::classes::CLASSES;
use crate::product;
use crate::record::CaseRecord;
use crate::report::confidence;
use crate::report::table::{of, percent, table, with_interval};
use crate::results::{ClassResult, Results};
use crate::scoring::Effect;

/// The whole part.
pub(super) fn section(results: &Results) -> String {
    let mut text = String::from("### Where it is wrong\n\n");
    text.push_str(&summary(results));
    text.push_str("\n#### By family\n\n");
    text.push_str(&families(results));
    text.push_str("\n#### What changed, and since when\n\n");
    text.push_str(&changes(results));
    text.push_str("\n#### By class, the worst first\n\n");
    text.push_str(&classes(results));
    text.push_str("\n#### Healthy services that look alarming\n\n");
    text.push_str(&variants(results));
    text.push_str("\n#### The worst failures, with their evidence\n\n");
    text.push_str(&told(&results.failures, &results.mode));
    text
}

fn summary(results: &Results) -> String {
    let Some(tally) = results.product() else {
        return String::new();
    };
    let without = results.classes.iter().filter(|class| !class.has_rule).count();
    let mut text = format!(
        "- **{without} of {} fault classes have no rule.** The diagnosis can only abstain on them or be wrong. Over all classes \
         the first answer names the cause in {} of {} faults of the test set ({}); over the classes with a rule in {} ({}).\n",
        CLASSES.len(),
        tally.top1.hits,
        tally.top1.of,
        with_interval(tally.top1),
        of(tally.top1_with_rule),
        with_interval(tally.top1_with_rule)
    );
    text.push_str(&format!(
        "- **Wrong cause named:** {} of faults. **Called healthy while requests miss their objective:** {}.\n",
        with_interval(tally.wrong),
        with_interval(tally.missed)
    ));
    text.push_str(&format!(
        "- **False alarms:** {} of healthy cases ({}); in another {} it says that it cannot tell.\n",
        with_interval(tally.false_alarms),
        of(tally.false_alarms),
        percent(tally.healthy_abstained)
    ));
    text.push_str(&format!(
        "- **Advice that does harm when followed:** {} of harmful faults; advice that changes nothing: {}.\n",
        with_interval(tally.effect(Effect::Harmed)),
        percent(tally.effect(Effect::Nothing))
    ));
    text.push_str(&confidence::failure(&results.calibration));
    text
}

fn families(results: &Results) -> String {
    let rows: Vec<Vec<String>> = results
        .families
        .iter()
        .map(|family| {
            let tally = &family.tally;
            vec![
                family.id.clone(),
                tally.top1.of.to_string(),
                with_interval(tally.top1),
                percent(tally.top2),
                percent(tally.abstained),
                percent(tally.missed),
                percent(tally.wrong),
            ]
        })
        .collect();
    let heads = [
        "family",
        "faults, test set",
        "named first",
        "or second",
        "cannot tell",
        "called healthy",
        "wrong",
    ];
    table(&heads, &rows)
}

/// Whether the factor that was changed is named, and its begin.
fn changes(results: &Results) -> String {
    let tally = &results.both;
    let mut text = format!(
        "Both sets, faults whose begin the data show. The factor that owns most of the added time is one that the fault changes in \
         {} of those that change one ({}); in {} no factor owns any. Of the faults named right or half right {} have a stated begin within \
         two scrape steps of the true one ({}); for {} none is stated.\n\n",
        with_interval(tally.factor),
        of(tally.factor),
        of(tally.factor_untold),
        with_interval(tally.onset),
        of(tally.onset),
        of(tally.onset_untold)
    );
    let changing = results.classes.iter().filter(|class| class.tally.factor.of > 0);
    let rows: Vec<Vec<String>> = changing
        .map(|class| {
            let changed = factors(&class.id).iter().map(|factor| factor.title());
            vec![
                format!("`{}`", class.id),
                changed.collect::<Vec<_>>().join(" or "),
                of(class.tally.factor),
                of(class.tally.factor_untold),
                of(class.tally.onset),
            ]
        })
        .collect();
    let heads =
        ["class", "what it changes", "owns most", "no factor owns any", "begin stated right"];
    text.push_str(&table(&heads, &rows));
    text
}

fn classes(results: &Results) -> String {
    let mut order: Vec<&ClassResult> =
        results.classes.iter().filter(|class| class.tally.top1.of > 0).collect();
    order.sort_by(|left, right| {
        let right_share = |class: &ClassResult| class.tally.top1.value().unwrap_or(0.0);
        let wrong = |class: &ClassResult| class.tally.wrong.value().unwrap_or(0.0);
        right_share(left)
            .total_cmp(&right_share(right))
            .then(wrong(right).total_cmp(&wrong(left)))
            .then(left.number.cmp(&right.number))
    });
    let rows: Vec<Vec<String>> = order.iter().map(|class| class_row(class)).collect();
    let heads = [
        "class",
        "rule",
        "cases",
        "named first",
        "or second",
        "cannot tell",
        "called healthy",
        "wrong",
        "mostly taken for",
        "action helps",
        "harms",
    ];
    let mut text = table(&heads, &rows);
    let silent: Vec<&str> = results
        .classes
        .iter()
        .filter(|class| class.tally.top1.of == 0)
        .map(|class| class.id.as_str())
        .collect();
    if !silent.is_empty() {
        text.push_str(&format!(
            "\nNo case of {} harmed anybody, so none counts.\n",
            silent.join(", ")
        ));
    }
    text
}

fn class_row(class: &ClassResult) -> Vec<String> {
    let tally = &class.tally;
    let mistaken = class
        .confused_with
        .as_ref()
        .map_or("–".to_owned(), |(id, count)| format!("{id} ({count})"));
    vec![
        format!("`{}`, {}", class.id, class.title),
        if class.has_rule { "yes".to_owned() } else { "**no**".to_owned() },
        tally.top1.of.to_string(),
        percent(tally.top1),
        percent(tally.top2),
        percent(tally.abstained),
        percent(tally.missed),
        percent(tally.wrong),
        mistaken,
        of(tally.action_correct()),
        of(tally.effect(Effect::Harmed)),
    ]
}

fn variants(results: &Results) -> String {
    let rows: Vec<Vec<String>> = results
        .variants
        .iter()
        .map(|variant| {
            vec![
                format!("`{}`", variant.id),
                of(variant.right),
                of(variant.false_alarms),
                variant
                    .alarm
                    .as_ref()
                    .map_or("–".to_owned(), |(id, count)| format!("{id} ({count})")),
                if variant.not_healthy == 0 {
                    "–".to_owned()
                } else {
                    variant.not_healthy.to_string()
                },
            ]
        })
        .collect();
    let heads = [
        "situation",
        "called healthy",
        "false alarms",
        "mostly as",
        "left out: objectives were missed",
    ];
    table(&heads, &rows)
}

fn told(failures: &[CaseRecord], mode: &str) -> String {
    if failures.is_empty() {
        return "None in the tuning set.\n".to_owned();
    }
    let sample = if mode == "full" { "--full " } else { "" };
    let mut text = format!(
        "From the tuning set only: whoever repairs a rule by these must not see the test set. At most two of a kind. \
         `npm run accuracy -- {sample}--case NAME` runs one again and prints its whole report.\n\n"
    );
    for case in failures {
        let Some(judgement) = case.of(product::ID) else {
            continue;
        };
        text.push_str(&format!(
            "- **{}**: {}. {:.0} % of requests missed an objective. It said: “{}”",
            case.id,
            case.situation(),
            100.0 * case.missed,
            judgement.said
        ));
        if let (Some(action), Some(after)) = (&judgement.action, judgement.missed_after) {
            text.push_str(&format!(" Its advice `{action}` makes that {:.0} %.", 100.0 * after));
        }
        if !judgement.evidence.is_empty() {
            text.push_str(&format!(" Evidence: {}.", judgement.evidence.join("; ")));
        }
        text.push('\n');
    }
    text
}
