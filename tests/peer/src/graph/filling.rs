//! Variables of a template's text: how many, which, and what is put in their place.

use std::collections::HashMap;

use serde_json::Value;

use super::error::GraphError;

/// `text` with its variables in the place of `{{…}}`, checked in Meta's order: how many, which, and what is in them.
pub(super) fn fill(
    place: &str,
    text: &str,
    given: Option<&Value>,
    named: bool,
) -> Result<String, GraphError> {
    let wanted = variables(text);
    let parameters = given
        .and_then(|given| given["parameters"].as_array())
        .map_or(&[][..], Vec::as_slice);
    if parameters.len() != wanted.len() {
        return Err(GraphError::new(
            132_000,
            format!(
                "{place}: number of localizable_params ({}) does not match the expected number of params ({})",
                parameters.len(),
                wanted.len()
            ),
        ));
    }
    let mut values = HashMap::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let name = match (named, parameter["parameter_name"].as_str()) {
            (true, Some(name)) => name.to_owned(),
            (false, None) => (index + 1).to_string(),
            (true, None) => {
                return Err(GraphError::new(
                    132_012,
                    format!("{place}: Parameter name is missing"),
                ));
            }
            (false, Some(_)) => {
                return Err(GraphError::new(
                    132_012,
                    format!("{place}: a positional parameter must have no name"),
                ));
            }
        };
        if !wanted.contains(&name.as_str()) {
            return Err(GraphError::new(
                132_012,
                format!("{place}: {name} is not a variable of the template"),
            ));
        }
        if values.insert(name, value(place, parameter)?).is_some() {
            return Err(GraphError::new(
                132_012,
                format!("{place}: a parameter is given twice"),
            ));
        }
    }
    Ok(pieces(text)
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Variable(name) => values.get(name).map_or("", String::as_str),
        })
        .collect())
}

fn value(place: &str, parameter: &Value) -> Result<String, GraphError> {
    let text = match parameter["type"].as_str() {
        Some("text") => &parameter["text"],
        Some("currency") => &parameter["currency"]["fallback_value"],
        Some("date_time") => &parameter["date_time"]["fallback_value"],
        _ => {
            return Err(GraphError::new(
                132_012,
                format!("{place}: expected a parameter of type text"),
            ));
        }
    };
    let text = text.as_str().unwrap_or_default();
    if text.is_empty() {
        return Err(GraphError::new(
            131_008,
            format!("{place}: Parameter of type text is missing text value"),
        ));
    }
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        return Err(GraphError::new(
            132_018,
            format!(
                "{place}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
            ),
        ));
    }
    Ok(text.to_owned())
}

enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// The template's text, cut at its double braces.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    text.split("{{")
        .enumerate()
        .flat_map(|(index, piece)| match piece.split_once("}}") {
            Some((name, rest)) if index > 0 => [Piece::Variable(name.trim()), Piece::Text(rest)],
            _ => [Piece::Text(piece), Piece::Text("")],
        })
}

/// The names between double braces, each once, in order.
fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Variable(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}
