//! The cost of the window by model, by namespace, which is a team in most clusters, and by local
//! queue of Kueue, which is one where teams share a namespace.

use inference_triage_core::catalogue::fleet::FleetFigure;
use inference_triage_core::catalogue::groupings::Grouping;
use inference_triage_core::report::{FleetRow, Report};
use inference_triage_core::text::number::{percent, significant};

use super::super::page::Page;
use super::super::table::{Align, Table};
use crate::price_arguments::Price;

/// Whose the replicas are, the head of that column, and what one stands under that does not say it.
const OWNERS: [(Grouping, &str, &str); 2] = [
    (Grouping::Namespace, "namespace", "(no namespace)"),
    (Grouping::LocalQueue, "local queue", "(no local queue)"),
];

/// Replicas of one owner and what arrived at them.
#[derive(Debug, Clone, PartialEq)]
struct Owner {
    name: String,
    replicas: f64,
    /// Share of all that arrived; None where that is not measured of each of its replicas.
    arrivals: Option<f64>,
}

/// Prints a table for each way to share the cost that has two owners or more. `hours` is the length
/// of the window.
pub(super) fn print(report: &Report, price: Price, hours: f64, page: &mut Page) {
    let models = models(report);
    if models.len() > 1 {
        table("model", &models, price, hours, page);
    }
    let fleet = report.diagnosis.fleet.as_ref();
    let rows = fleet.map_or(&[][..], |fleet| &fleet.rows);
    for (grouping, title, nobody) in OWNERS {
        let owners = owners(rows, grouping, nobody);
        if owners.len() > 1 {
            table(title, &owners, price, hours, page);
        }
    }
}

/// The models of all engines in the data, each once.
fn models(report: &Report) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::new();
    for scope in &report.scopes {
        let name = if scope.model.is_empty() { "(no model name)" } else { &scope.model };
        let replicas = scope.replicas.len() as f64;
        match owners.iter_mut().find(|owner| owner.name == name) {
            Some(owner) => owner.replicas += replicas,
            None => owners.push(Owner { name: name.to_owned(), replicas, arrivals: None }),
        }
    }
    owners
}

/// Whose the replicas of the scope are, the most replicas first; `nobody` stands for those that do
/// not say it.
fn owners(rows: &[FleetRow], grouping: Grouping, nobody: &str) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::new();
    for row in rows {
        let name = row.groups.get(grouping).unwrap_or(nobody);
        let arrivals = row.figures.get(FleetFigure::ArrivalShare);
        match owners.iter_mut().find(|owner| owner.name == name) {
            Some(owner) => {
                owner.replicas += 1.0;
                owner.arrivals = owner.arrivals.zip(arrivals).map(|(all, more)| all + more);
            }
            None => owners.push(Owner { name: name.to_owned(), replicas: 1.0, arrivals }),
        }
    }
    owners.sort_by(|left, right| {
        right.replicas.total_cmp(&left.replicas).then_with(|| left.name.cmp(&right.name))
    });
    owners
}

fn table(title: &'static str, owners: &[Owner], price: Price, hours: f64, page: &mut Page) {
    let mut table = Table::new(&[
        (title, Align::Left),
        ("replicas", Align::Right),
        ("GPU hours, at most", Align::Right),
        ("cost", Align::Right),
        ("of what arrives", Align::Right),
    ]);
    for owner in owners {
        let gpu_hours = owner.replicas * price.gpus_per_replica * hours;
        table.row(&[
            owner.name.clone(),
            significant(owner.replicas),
            significant(gpu_hours),
            significant(gpu_hours * price.per_gpu_hour),
            owner.arrivals.map_or_else(String::new, percent),
        ]);
    }
    table.print(page);
}

#[cfg(test)]
mod tests {
    use inference_triage_core::report::{Figures, Groups};

    use super::super::super::{Style, sample};
    use super::*;

    const PRICE: Price = Price { per_gpu_hour: 2.5, gpus_per_replica: 4.0 };

    fn printed(print: impl FnOnce(&mut Page)) -> String {
        let mut page = Page::new(Style::plain());
        print(&mut page);
        page.finish().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// By hand: three replicas of four GPUs for half an hour are 6 GPU hours, which cost 15 at 2.5.
    #[test]
    fn an_owner_pays_for_its_replicas() {
        let owner =
            |name: &str, replicas, arrivals| Owner { name: name.to_owned(), replicas, arrivals };
        let owners = [owner("search", 3.0, Some(0.75)), owner("chat", 1.0, None)];
        let text = printed(|page| table("namespace", &owners, PRICE, 0.5, page));
        assert!(text.contains("search 3 6 15 75 %"), "{text}");
        assert!(text.ends_with("chat 1 2 5"), "{text}");
    }

    #[test]
    fn models_share_the_cost_where_there_are_several() {
        let mut report = sample::slot_cap();
        let text = printed(|page| print(&report, PRICE, 1.0, page));
        assert_eq!(text, "", "one model is the whole");
        let mut other = report.scopes[0].clone();
        other.model = "second".to_owned();
        report.scopes.push(other.clone());
        // A prefill and a decode engine of one model are two scopes.
        report.scopes.push(other);
        let text = printed(|page| print(&report, PRICE, 1.0, page));
        let replicas = report.scopes[0].replicas.len();
        assert!(text.contains(&format!("second {}", 2 * replicas)), "{text}");
    }

    #[test]
    fn a_replica_without_a_namespace_and_one_without_arrivals_are_told() {
        let row = |share: Option<f64>| FleetRow {
            replica: "a/0".to_owned(),
            is_named: false,
            groups: Groups::default(),
            figures: share.map(|share| (FleetFigure::ArrivalShare, share)).into_iter().collect(),
            deviation: None,
        };
        for (grouping, _, nobody) in OWNERS {
            let found = owners(&[row(Some(0.5)), row(None)], grouping, nobody);
            let [owner] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((owner.name.as_str(), owner.replicas), (nobody, 2.0));
            assert_eq!(owner.arrivals, None, "absent is not zero");
        }
        assert_eq!(Figures::default(), row(None).figures);
    }
}
