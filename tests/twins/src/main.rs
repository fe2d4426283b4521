//! Debug.
use inference_triage_twins::{compare, recording, twin};
fn main() {
    let (mut n, mut bad) = (0, 0);
    let mut by = std::collections::BTreeMap::new();
    let only: Option<String> = std::env::args().nth(1);
    let m = if std::env::args().nth(2).is_some() {
        twin::Machine::Law
    } else {
        twin::Machine::LawAndPace
    };
    let mut ro = std::collections::BTreeSet::new();
    let mut so = std::collections::BTreeSet::new();
    for id in recording::ids().unwrap() {
        if only.as_ref().is_some_and(|o| o != "-" && !id.starts_with(o)) {
            continue;
        }
        let r = recording::Recording::read(&id).unwrap();
        let p = twin::pair(&r, m).unwrap();
        for (k, f) in p.fits.iter().enumerate() {
            let mut q: Vec<f64> = f.pace.iter().map(|x| x.factor).collect();
            q.sort_by(f64::total_cmp);
            println!(
                "# {id} {k} base {:.2}ms seq {:.3} pre {:.3}ms jit {:.2} stalls {:.2}/s share {:.3} undist {:.2} front {:.1}ms pace {:.2} {:.2} {:.2}",
                f.law.base * 1e3,
                f.law.sequence * 1e3,
                f.law.prefill * 1e3,
                f.jitter,
                f.stalls.per_second,
                f.stalls.share,
                f.stalls.undisturbed * 1e3,
                f.arrival_seconds * 1e3,
                q[q.len() / 20],
                q[q.len() / 2],
                q[q.len() * 19 / 20]
            );
        }
        if only.as_ref().is_some_and(|o| o != "-") {
            for (k, (a, b)) in p.recorded.iter().zip(&p.simulated).enumerate() {
                for span in &p.parts {
                    let places: Vec<usize> = (span.0 + 1..=span.1).collect();
                    for f in [
                        "time_to_first_token_seconds",
                        "request_queue_time_seconds",
                        "request_prefill_time_seconds",
                        "request_decode_time_seconds",
                        "inter_token_latency_seconds",
                        "e2e_request_latency_seconds",
                        "request_inference_time_seconds",
                    ] {
                        let g =
                            |x| inference_triage_twins::law::mean(x, &format!("vllm:{f}"), &places);
                        println!("   {k} {span:?} {f} {:?} {:?}", g(a), g(b));
                    }
                }
            }
        }
        let c = compare::compare(&p);
        ro.extend(c.recorded_only.clone());
        so.extend(c.simulated_only.clone());
        for x in &c.compared {
            n += 1;
            if !x.deviations.is_empty() {
                bad += 1;
                *by.entry(x.family.clone()).or_insert(0) += 1;
                for d in &x.deviations {
                    println!(
                        "{id:26} {:45} {:18} {:14} {:10.4} {:10.4}",
                        x.family, d.place, d.what, d.recorded, d.simulated
                    );
                }
            }
        }
    }
    println!("{bad} of {n}\n{by:#?}\nonly recorded {ro:?}\nonly simulated {so:?}");
}
