//! `unscramble schema`: the JSON Schema of the report.
//!
//! Owns: putting it together out of the model. `schema.json` beside this file is what it printed
//! when it was last looked at; a test holds both together. The lines of `ndjson` and the report of
//! `verify` are under `$defs`, as `Line` and `Verification`.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;

use crate::report::json;
use crate::report::model::{Report, Verification};
use crate::report::ndjson::Line;

/// The schema, indented, ending in a line feed.
#[must_use]
pub fn render() -> Vec<u8> {
    let mut generator: SchemaGenerator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let _ = generator.subschema_for::<Line<'_>>();
    let _ = generator.subschema_for::<Verification>();
    let mut schema = generator.into_root_schema_for::<Report>();
    schema.insert("title".to_owned(), "The report of unscramble".into());
    json::render(&schema)
}
