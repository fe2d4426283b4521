fn main() {
    let b = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let mut s = inference_triage_core::session::Session::new();
    let t = std::time::Instant::now();
    s.load_prometheus(&[&b]).unwrap_or_else(|e| panic!("{e}"));
    let l = t.elapsed();
    let t = std::time::Instant::now();
    let r = s.report().unwrap();
    eprintln!("load {l:?} report {:?}", t.elapsed());
    println!("{}", serde_json::to_string_pretty(&r).unwrap());
}
