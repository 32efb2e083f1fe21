//! Forms with files in them (`multipart/form-data`).

use serde_json::{Map, Value};

/// The fields of such a form, and its files as texts, by their names.
pub(crate) fn read(media: &str, body: &[u8]) -> Option<Map<String, Value>> {
    let boundary = media.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    if boundary.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    let mut fields = Map::new();
    for part in text.split(&format!("--{boundary}")).skip(1) {
        // Behind the last one stands `--`.
        let Some((head, value)) = part.split_once("\r\n\r\n") else { continue };
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let name = line.split(';').find_map(|part| part.trim().strip_prefix("name="))?.trim_matches('"');
        fields.insert(name.to_owned(), Value::from(value.strip_suffix("\r\n").unwrap_or(value)));
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;

    #[test]
    fn fields_and_files() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nTesters\r\n--x\r\nContent-Disposition: \
                    form-data; name=\"csv\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\ndistinct_id\nu1\n\r\n--x--\r\n";
        let read = read("multipart/form-data; boundary=x", body.as_bytes());
        assert_eq!(read.map(serde_json::Value::Object), Some(json!({ "name": "Testers", "csv": "distinct_id\nu1\n" })));
        assert_eq!(super::read("multipart/form-data", b""), None);
    }
}
