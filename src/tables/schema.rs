//! From the JSON Schema of a part of the report to the Arrow schema of its table.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, TimeUnit};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

/// The fields that are times: of each there is a second one with nanoseconds.
const TIMES: [&str; 5] = ["time", "first", "last", "since", "until"];
/// Columns that stand first, in this order.
const FIRST: [&str; 12] = [
    "capture", "path", "stream", "attempt", "time", "time_ns", "code", "severity", "client",
    "version", "server", "user",
];
/// Columns of text in which the same stands again and again.
const REPEATED: [&str; 17] = [
    "capture",
    "code",
    "severity",
    "title",
    "server",
    "server_version",
    "user",
    "database",
    "greeting_plugin",
    "client_plugin",
    "plugin",
    "path",
    "client",
    "version",
    "verdict",
    "salt_form",
    "outcome",
];

/// The schema of rows of `T`, with further columns of text, and without some of its fields.
pub(super) fn of<T: JsonSchema>(more: &[&str], without: &[&str]) -> Schema {
    let mut generator: SchemaGenerator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let root = generator.subschema_for::<T>().to_value();
    let definitions = generator.take_definitions(true);
    let mut properties = Properties::default();
    properties.collect(&root, &definitions);
    let mut fields: Vec<Field> = properties.fields(&definitions);
    fields.retain(|field| !without.contains(&field.name().as_str()));
    fields.extend(
        more.iter()
            .map(|name| Field::new(*name, DataType::Utf8, true)),
    );
    let place = |field: &Field| {
        let first = FIRST.iter().position(|name| name == field.name());
        (first.unwrap_or(FIRST.len()), field.name().clone())
    };
    fields.sort_by_key(place);
    Schema::new(fields)
}

/// The same schema with text that repeats as dictionaries.
pub(super) fn with_dictionaries(schema: &Schema) -> Schema {
    let fields = schema.fields().iter().map(|field| {
        let repeated = REPEATED.contains(&field.name().as_str());
        if repeated && *field.data_type() == DataType::Utf8 {
            let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(Field::new(field.name(), kind, true))
        } else {
            Arc::clone(field)
        }
    });
    Schema::new(fields.collect::<Fields>())
}

/// Adds to each time the same in nanoseconds.
pub(super) fn add_nanos(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let mut nanos = Vec::new();
            for name in TIMES {
                if let Some(Value::String(text)) = fields.get(name)
                    && let Ok(time) = text.parse::<jiff::Timestamp>()
                    && let Ok(time) = i64::try_from(time.as_nanosecond())
                {
                    nanos.push((format!("{name}_ns"), Value::from(time)));
                }
            }
            fields.extend(nanos);
            fields.values_mut().for_each(add_nanos);
        }
        Value::Array(items) => items.iter_mut().for_each(add_nanos),
        _ => {}
    }
}

/// The properties of an object, by their names; of a choice of objects, those of all.
#[derive(Default)]
struct Properties(BTreeMap<String, Value>);

impl Properties {
    fn collect(&mut self, schema: &Value, definitions: &Map<String, Value>) {
        if let Some(referred) = referred(schema, definitions) {
            self.collect(referred, definitions);
        }
        if let Some(Value::Object(own)) = schema.get("properties") {
            for (name, property) in own {
                self.0
                    .entry(name.clone())
                    .or_insert_with(|| property.clone());
            }
        }
        for choice in choices(schema) {
            self.collect(choice, definitions);
        }
    }

    fn fields(&self, definitions: &Map<String, Value>) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, schema) in &self.0 {
            let mut kind = kind(schema, definitions);
            if TIMES.contains(&name.as_str()) && kind == DataType::Utf8 {
                kind = DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
                fields.push(Field::new(format!("{name}_ns"), DataType::Int64, true));
            }
            fields.push(Field::new(name, kind, true));
        }
        fields
    }
}

fn referred<'a>(schema: &Value, definitions: &'a Map<String, Value>) -> Option<&'a Value> {
    let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
    definitions.get(name)
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    let kinds = ["anyOf", "oneOf", "allOf"];
    let lists = kinds
        .into_iter()
        .filter_map(|kind| schema.get(kind)?.as_array());
    lists.flatten()
}

fn kind(schema: &Value, definitions: &Map<String, Value>) -> DataType {
    let typed = |schema: &Value| match schema.get("type") {
        Some(Value::String(name)) => Some(name.clone()),
        Some(Value::Array(names)) => {
            let mut names = names.iter().filter_map(Value::as_str);
            names.find(|name| *name != "null").map(str::to_owned)
        }
        _ => None,
    };
    match typed(schema).as_deref() {
        Some("string") => DataType::Utf8,
        Some("integer") => DataType::Int64,
        Some("boolean") => DataType::Boolean,
        Some("number") => DataType::Float64,
        Some("array") => {
            let item = schema
                .get("items")
                .map_or(DataType::Utf8, |items| kind(items, definitions));
            DataType::List(Arc::new(Field::new_list_field(item, true)))
        }
        Some("object")
            if schema.get("properties").is_none() && choices(schema).next().is_none() =>
        {
            let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
            let entries = DataType::Struct(vec![text("keys", false), text("values", true)].into());
            DataType::Map(Arc::new(Field::new("entries", entries, false)), false)
        }
        Some("object") => object(schema, definitions),
        _ => {
            if let Some(referred) = referred(schema, definitions) {
                return kind(referred, definitions);
            }
            let choices: Vec<&Value> = choices(schema).collect();
            let null = |schema: &&&Value| typed(schema).as_deref() == Some("null");
            match choices
                .iter()
                .filter(|choice| !null(choice))
                .collect::<Vec<_>>()[..]
            {
                [only] => kind(only, definitions),
                [first, ..] if typed(first).as_deref() == Some("object") => {
                    object(schema, definitions)
                }
                _ => DataType::Utf8,
            }
        }
    }
}

fn object(schema: &Value, definitions: &Map<String, Value>) -> DataType {
    let mut properties = Properties::default();
    properties.collect(schema, definitions);
    DataType::Struct(properties.fields(definitions).into())
}
