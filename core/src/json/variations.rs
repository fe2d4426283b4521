//! JSON texts that differ from an example in one place, for tests of readers against a second
//! reader.

use serde_json::{Value, json};

/// The example with each of its values replaced, each field left out, a field added to each object;
/// and every start of it.
pub(crate) fn variations(example: &Value) -> Vec<String> {
    let mut found = vec![example.clone()];
    vary(example, &mut |changed| found.push(changed));
    let mut texts: Vec<String> = found.iter().map(Value::to_string).collect();
    let whole = example.to_string();
    texts.extend((0..whole.len()).filter_map(|end| whole.get(..end)).map(str::to_owned));
    texts.extend([format!(" {whole}\n"), format!("{whole},"), format!("{whole}{whole}")]);
    texts
}

fn vary(value: &Value, found: &mut dyn FnMut(Value)) {
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(7),
        json!(-3),
        json!(0.25),
        json!(1e300),
        json!(i64::MAX),
        json!(""),
        json!("chat"),
        json!("+Inf"),
        json!("caf\u{e9} \"\\\u{1}\u{1f600}"),
        json!({}),
        json!({"x": 1}),
        json!([["x"]]),
    ];
    others.into_iter().for_each(&mut *found);
    match value {
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("unheard_of".to_owned(), json!([{"a": [1, "]"]}, null]));
            found(Value::Object(more));
            for (name, field) in fields {
                let mut fewer = fields.clone();
                fewer.remove(name);
                found(Value::Object(fewer));
                vary(field, &mut |changed| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), changed);
                    found(Value::Object(fields));
                });
            }
        }
        Value::Array(items) => {
            found(json!([]));
            for (index, item) in items.iter().enumerate() {
                vary(item, &mut |changed| {
                    let mut items = items.clone();
                    items[index] = changed;
                    found(Value::Array(items));
                });
            }
        }
        _ => {}
    }
}
