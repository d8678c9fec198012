//! What the targets are fed with. Blind bytes never get past the first brace, so a target's input is a recipe: which of the
//! recorded bodies in `events/whatsapp` to take, and what to do to them.

use serde_json::{Value, json};

/// A recipe: bytes of which each decides something. When they run out, every decision is the first one.
#[derive(Debug)]
pub struct Recipe<'a>(pub &'a [u8]);

impl Recipe<'_> {
    /// The next decision, of `choices`.
    pub fn choose(&mut self, choices: usize) -> usize {
        let mut number = 0;
        for _ in 0..2 {
            let (byte, rest) = self.0.split_first().unwrap_or((&0, &[]));
            self.0 = rest;
            number = number * 256 + usize::from(*byte);
        }
        number % choices.max(1)
    }

    /// Whether there is anything left to decide.
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

/// The recorded bodies.
pub fn recorded() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/whatsapp");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|file| Some(file.ok()?.path()))
        .collect();
    files.sort();
    files
        .iter()
        .filter_map(|file| serde_json::from_slice(&std::fs::read(file).ok()?).ok())
        .collect()
}

/// A body of Meta's that `recipe` makes out of `bodies`: some of their entries together, and some places of it replaced.
pub fn body(recipe: &mut Recipe, bodies: &[Value]) -> Value {
    let mut body = json!({"object": "whatsapp_business_account", "entry": []});
    for _ in 0..=recipe.choose(4) {
        let taken = &bodies[recipe.choose(bodies.len())]["entry"];
        if let (Some(entries), Some(taken)) = (body["entry"].as_array_mut(), taken.as_array()) {
            entries.extend(taken.iter().cloned());
        }
    }
    for _ in 0..24 {
        if recipe.is_over() {
            break;
        }
        let place = recipe.choose(places(&body));
        let oddity = oddity(recipe, bodies);
        replace(&mut body, place, &oddity);
    }
    body
}

/// Something that has no business where it will be put.
fn oddity(recipe: &mut Recipe, bodies: &[Value]) -> Value {
    let odd = [
        Value::Null,
        json!(""),
        json!("wamid.HBgMtext"),
        json!("IT.ENT.77aa"),
        json!("393331234567"),
        json!("\u{0}\u{fffe}\u{ffff}😀"),
        json!("1795000000"),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!(true),
        json!([]),
        json!({}),
        json!([[], {}, null]),
        json!("x".repeat(2000)),
        json!({"id": {"id": "wamid.1"}, "type": "text", "text": {"body": "ciao"}}),
    ];
    match recipe.choose(odd.len() + 8) {
        n if n < odd.len() => odd[n].clone(),
        // A piece of another body.
        _ => {
            let other = &bodies[recipe.choose(bodies.len())];
            nth(other, &mut recipe.choose(places(other)))
                .cloned()
                .unwrap_or_default()
        }
    }
}

/// How many values there are in `value`, itself among them.
fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(places).sum(),
        Value::Object(members) => members.values().map(places).sum(),
        _ => 0_usize,
    }
}

fn nth<'v>(value: &'v Value, place: &mut usize) -> Option<&'v Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(items) => items.iter().find_map(|item| nth(item, place)),
        Value::Object(members) => members.values().find_map(|member| nth(member, place)),
        _ => None,
    }
}

fn replace(value: &mut Value, place: usize, with: &Value) {
    fn go(value: &mut Value, place: &mut usize, with: &Value) -> bool {
        if *place == 0 {
            *value = with.clone();
            return true;
        }
        *place -= 1;
        match value {
            Value::Array(items) => items.iter_mut().any(|item| go(item, place, with)),
            Value::Object(members) => members.values_mut().any(|member| go(member, place, with)),
            _ => false,
        }
    }
    go(value, &mut { place }, with);
}
